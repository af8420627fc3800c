"""A connection is renewed before its limit: its gap, its overlap, its time's wraps; nobody else notices."""

from __future__ import annotations

import time

import pytest

from tests.fakes.ingest import FakeIngest
from tests.streaming.playout.recording import read
from tests.streaming.playout.watching import Watching

WRAP, EXTENDED = 2**31, 2**24


@pytest.fixture
def ingest(tmp_path):
    with FakeIngest(folder=tmp_path) as platform:
        yield platform


@pytest.fixture
def backup(tmp_path):
    (tmp_path / "b").mkdir()
    with FakeIngest(folder=tmp_path / "b") as platform:
        yield platform


def _rtmp(identity, ingest, **more):
    return {"id": identity, "kind": "rtmp", "url": ingest.url, "key": identity, "private": True, **more}


def _output(statistics, identity):
    return next(o for o in statistics["outputs"] if o["id"] == identity)


def _renewed(player, identity, count=1, within=30):
    """Wait until it has been renewed so often; returns its figures."""
    done = player.next_statistics(lambda e: _output(e, identity)["renewals"] >= count, within)
    return _output(done, identity)


def test_without_an_overlap_it_says_goodbye_first_and_is_back_at_once(play, ingest, say):
    player = play(outputs=[_rtmp("a", ingest), _rtmp("b", ingest)])
    ingest.wait_for("a"), ingest.wait_for("b")
    player.send({"do": "renew", "output": "a"})
    figures = _renewed(player, "a")
    second = ingest.wait_for("a", count=2)
    first = ingest.of("a")[0]
    say(f"gap {ingest.gaps('a')[0] * 1000:.0f} ms, told as {figures['renewal_gap_ms']} ms")
    assert first.how == "goodbye"
    assert ingest.overlaps("a") == []
    assert ingest.gaps("a")[0] < 3
    assert abs(ingest.gaps("a")[0] * 1000 - figures["renewal_gap_ms"]) < 100
    player.next_statistics(lambda e: _output(e, "a")["uptime"] > 2)
    # No picture is lost: what went to the first connection and to the second is the whole run.
    frames = first.egress.video.dts[-1] - first.egress.video.dts[0] + second.egress.video.dts[-1]
    expected = (second.egress.video.at[-1] - first.egress.video.at[0]) * 1000
    assert abs(frames - expected) < 150
    assert len(ingest.of("b")) == 1
    assert ingest.of("b")[0].egress.video.largest_step <= 40
    assert [e for e in player.facts("error") if "output" in e["about"]] == []


def test_where_two_connections_are_allowed_the_next_one_publishes_before_the_old_one_goes(play, ingest, say):
    player = play(outputs=[_rtmp("a", ingest, renew={"overlap": "same"})])
    ingest.wait_for("a")
    player.send({"do": "renew", "output": "a"})
    figures = _renewed(player, "a")
    ingest.wait_until(lambda: ingest.of("a")[0].ended, 5, "the old connection's end")
    first, second = ingest.of("a")
    say(f"gap {ingest.gaps('a')[0] * 1000:.0f} ms, told as {figures['renewal_gap_ms']} ms")
    assert first.how == "goodbye"
    assert second.first_media < first.ended + 0.02  # the two arrive in threads of their own
    assert ingest.gaps("a")[0] < 0.1
    assert figures["renewal_gap_ms"] < 100
    assert all(event["up"] for event in player.facts("output"))


def test_a_platform_that_takes_one_connection_only_is_renewed_without_the_overlap(play, ingest):
    ingest.one_each = True
    player = play(outputs=[_rtmp("a", ingest, renew={"overlap": "same"})])
    ingest.wait_for("a")
    player.send({"do": "renew", "output": "a"})
    assert _renewed(player, "a")["renewal_gap_ms"] < 3000
    assert ingest.of("a")[0].how == "goodbye"


def test_the_backup_ingest_stands_in_while_the_first_one_is_renewed(play, ingest, backup, say):
    renew = {"overlap": "backup"}
    player = play(outputs=[_rtmp("a", ingest, backup_url=backup.url, renew=renew), _rtmp("b", ingest)])
    ingest.wait_for("a")
    player.send({"do": "renew", "output": "a"})
    ingest.wait_for("a", count=2)
    stood_in = backup.wait_for("a")
    backup.wait_until(lambda: stood_in.ended, 10, "the backup's end")
    first, second = ingest.of("a")
    say(
        f"the backup came {(stood_in.first_media - first.last_media) * 1000:.0f} ms after the ingest's last picture, "
        f"the ingest {(second.first_media - stood_in.last_media) * 1000:.0f} ms after the backup's"
    )
    assert stood_in.first_media - first.last_media < 0.1
    assert second.first_media - stood_in.last_media < 0.1
    assert (first.how, stood_in.how) == ("goodbye", "goodbye")
    figures = _output(player.next_statistics(), "a")
    assert (figures["renewals"], figures["on_backup"]) == (1, False)
    assert len(ingest.of("b")) == 1


@pytest.mark.whole
def test_it_is_renewed_by_itself_before_its_limit_again_and_again(play, ingest):
    player = play(outputs=[_rtmp("a", ingest, renew={"after_s": 10})])
    ingest.wait_for("a")
    figures = _renewed(player, "a", 2, 40)
    assert figures["renewal_gap_ms"] < 3000
    for publish in ingest.of("a")[:2]:
        assert publish.ended - publish.began < 10
        assert publish.how == "goodbye"


@pytest.mark.whole
def test_a_change_of_track_in_the_quiet_hour_is_the_moment_it_waits_for(play, ingest, pictures):
    quiet = time.gmtime(time.time() + 17).tm_hour
    player = play(outputs=[_rtmp("a", ingest, renew={"after_s": 20, "quiet_hour": quiet})])
    ingest.wait_for("a")
    player.next_statistics(lambda e: _output(e, "a")["uptime"] > 15.2, 30)
    player.show(pictures["green"])
    _renewed(player, "a", within=3)
    player.next_statistics(lambda e: _output(e, "a")["uptime"] > 1)
    player.stop()
    shown = [{colour for _, colour in read(publish.recording).colours} for publish in ingest.of("a")]
    assert shown == [{"red"}, {"green"}]


def test_what_is_not_the_address_or_the_key_changes_without_a_reconnect(play, ingest, backup):
    player = play(outputs=[_rtmp("a", ingest)])
    publish = ingest.wait_for("a")
    for change in (
        {"renew": {"after_s": 3600, "quiet_hour": 3}},
        {"private": False},
        {"private": True, "backup_url": backup.url},
    ):
        player.send({"do": "outputs", "id": str(change), "outputs": [_rtmp("a", ingest, **change)]})
        assert player.wait_for("answer", to=str(change))["ok"]
    begun = player.next_statistics()["seconds"]
    player.next_statistics(lambda e: e["seconds"] > begun + 1)
    assert publish.ended is None
    assert len(ingest.connections) == 1
    player.send({"do": "outputs", "outputs": [{**_rtmp("a", ingest), "key": "other"}]})
    ingest.wait_for("other")
    ingest.wait_until(lambda: publish.ended, 5, "the old key's end")
    assert publish.how == "goodbye"


def test_the_backup_takes_over_when_the_ingest_is_gone_and_the_ingest_when_the_backup_is(play, ingest, backup, say):
    player = play(outputs=[_rtmp("a", ingest, backup_url=backup.url), _rtmp("b", backup)])
    first = ingest.wait_for("a")
    ingest.gone()
    stood_in = backup.wait_for("a")
    say(f"on the backup {stood_in.first_media - first.last_media:.1f} s after the ingest went")
    assert stood_in.first_media - first.last_media < 5
    assert _output(player.next_statistics(), "a")["on_backup"]
    ingest.back()
    backup.reset()
    ingest.wait_for("a", count=2)
    assert not _output(player.next_statistics(lambda e: _output(e, "a")["up"]), "a")["on_backup"]


def test_t18_no_time_past_the_31st_bit_is_ever_sent(play, ingest, say):
    player = play(outputs=[_rtmp("a", ingest, start_ms=WRAP - 10_000)])
    ingest.wait_for("a", count=2, within=30)
    player.next_statistics(lambda e: _output(e, "a")["uptime"] > 1)
    times = [publish.egress.video.dts for publish in ingest.of("a")]
    say(f"from {WRAP - times[0][0]} to {WRAP - times[0][-1]} ms before 2^31, then from {times[1][0]} ms")
    assert (times[0][0], times[1][0]) == (WRAP - 10_000, 0)
    assert WRAP - 4100 < times[0][-1] < WRAP
    assert ingest.of("a")[0].how == "goodbye"


@pytest.mark.whole
@pytest.mark.peers("nginx")
@pytest.mark.parametrize(("start", "renewals"), [(WRAP - 10_000, 1), (EXTENDED - 10_000, 0)])
def test_t18_a_viewer_of_a_real_relay_sees_pictures_throughout(play, nginx_rtmp, tones, say, start, renewals):
    output = {"id": "p", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}
    source = {"kind": "playlist", "entries": [{"id": "1", "path": str(tones[0])}]}
    player = play(source=source, outputs=[{**output, "start_ms": start}])
    player.wait_for("output", id="p", up=True)
    with Watching(nginx_rtmp.rtmp_url(name="st")) as viewer:
        player.next_statistics(lambda e: e["seconds"] > 16, 30)
    figures = _output(player.next_statistics(), "p")
    player.stop()
    files = [read(nginx_rtmp.wait_for("record_done", "st", count=n + 1).path) for n in range(renewals + 1)]
    say(
        f"renewals {figures['renewals']}, gap {figures['renewal_gap_ms']} ms; the viewer saw {len(viewer.seen)} "
        f"pictures and waited {viewer.longest_wait:.2f} s at most, {viewer.errors} errors; recorded "
        f"{' + '.join(str(len(file.colours)) for file in files)} pictures, {sum(file.errors for file in files)} errors"
    )
    assert figures["renewals"] == renewals
    assert (figures["renewal_gap_ms"] or 0) < 3000
    assert viewer.errors == 0
    assert viewer.longest_wait < 3
    for file in files:
        assert file.errors == 0
        assert file.video.backward == file.audio.backward == 0
        assert file.video.largest_step <= 40
