"""How a push is, from what nginx-rtmp shows of it; pure but for the last."""

from __future__ import annotations

import pytest

from streaming.outputs.models import Destination
from streaming.relay import looking, pushing
from streaming.relay.errors import StatUnreadableError
from streaming.relay.pushing import Seen, judge
from streaming.relay.stat import Client, StreamStat, read_stat

State = Destination.State
ENCODER = (Client("1", "", 60_000, 1000, 0),)
STAT = b"""<?xml version="1.0" encoding="utf-8" ?>
<rtmp><nginx_version>1.22.1</nginx_version><naccepted>2</naccepted>
<server><application><name>relay</name><live>
<stream><name>NAME</name><time>3769</time><bytes_in>125718</bytes_in>
<client><id>4</id><address>127.0.0.1:29351/dest-1</address><time>3769</time><flashver>ngx-local-relay</flashver>
<dropped>2</dropped><avsync></avsync><timestamp>3621</timestamp><active/></client>
<client><id>1</id><address>127.0.0.1</address><time>3947</time><flashver>FMLE/3.0 (compatible; Lavf59.27</flashver>
<dropped>0</dropped><timestamp>3621</timestamp><publishing/><active/></client>
<nclients>2</nclients><publishing/></stream></live></application>
<application><name>anchor</name><live><stream><name>NAME</name></stream></live></application></server></rtmp>"""


def client(number="4", target="d", milliseconds=60_000, timestamp=1000, dropped=0) -> Client:
    return Client(number, target, milliseconds, timestamp, dropped)


def stream(*pushes: Client, bytes_in=10_000, publishers=ENCODER) -> StreamStat:
    return StreamStat("NAME", bytes_in, tuple(publishers), pushes)


def test_publishers_and_pushes_are_told_apart():
    found = read_stat(STAT, application="relay")["NAME"]
    assert [c.id for c in found.publishers] == ["1"]
    assert found.pushes == (Client("4", "dest-1", 3769, 3621, 2),)
    assert found.bytes_in == 125718
    assert read_stat(STAT, application="other") == {}


def test_what_is_missing_or_odd_counts_as_nothing():
    body = b"<rtmp><server><application><name>relay</name><live><stream/><stream><name>N</name><client><time>x</time>"
    body += b"</client><more/></stream></live></application></server></rtmp>"
    found = read_stat(body, application="relay")
    assert found["N"].publishers == found["N"].pushes == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html/>", b"<rtmp>", b"\xff\xfe", b'<!DOCTYPE x [<!ENTITY a "b">]><rtmp>&a;</rtmp>', b"x" * 5_000_000],
)
def test_what_is_no_statistics_is_said(body):
    with pytest.raises(StatUnreadableError, match=r"statistics"):
        read_stat(body, application="relay")


def test_without_a_publisher_nothing_is_wrong_with_the_platform():
    assert judge("d", None, Seen()).state == State.IDLE
    told = judge("d", stream(client(), publishers=()), Seen())
    assert (told.state, told.error) == (State.IDLE, pushing.SILENT)


def test_a_push_is_up_once_it_is_steady():
    young = judge("d", stream(client(milliseconds=2000)), Seen())
    assert (young.state, young.error) == (State.CONNECTING, "")
    steady = judge("d", stream(client(milliseconds=9000, timestamp=9000), bytes_in=50_000), young.seen)
    assert (steady.state, steady.bytes, steady.reconnects) == (State.UP, 40_000, 0)


def test_a_push_that_is_sent_away_again_and_again_never_counts_as_up():
    first = judge("d", stream(client("4", milliseconds=1500)), Seen())
    gone = judge("d", stream(), first.seen)
    assert (gone.state, gone.error) == (State.WAITING, pushing.CANNOT_CONNECT)
    again = judge("d", stream(client("9", milliseconds=1500)), gone.seen)
    assert (again.state, again.error, again.reconnects) == (State.CONNECTING, pushing.COMES_AND_GOES, 1)


def test_a_push_in_which_time_stands_still_is_not_up():
    before = judge("d", stream(client(timestamp=5000)), Seen())
    told = judge("d", stream(client(timestamp=5000, dropped=30)), before.seen)
    assert (told.state, told.error, told.dropped) == (State.WAITING, pushing.STANDS_STILL, 30)


def test_another_destination_s_push_says_nothing():
    assert judge("d", stream(client(target="e"), client(target="anchor")), Seen()).state == State.WAITING


def test_what_was_seen_goes_through_a_row():
    told = judge("d", stream(client()), Seen())
    assert Seen.from_json(told.seen.to_json()) == told.seen
    odds: list[object] = [None, {}, {"client": "1", "timestamp": "x"}, []]
    for odd in odds:
        assert Seen.from_json(odd) == Seen()


@pytest.mark.django_db
def test_a_relay_that_does_not_answer_is_what_is_wrong(to, inward):
    pushed = to("rtmp://127.0.0.1:29000/live")
    looking.look()
    pushed.refresh_from_db()
    assert (pushed.connected, pushed.state) == (False, State.WAITING)
    assert "The relay's statistics cannot be read" in pushed.last_error
    assert pushed.down_since is not None
