"""The relay as it is delivered: a real nginx between a publisher and platforms of which some are dead or refuse."""

from __future__ import annotations

import http.client
import signal
import urllib.request
from dataclasses import replace

import pytest
from django.conf import settings as django_settings

from streaming.outputs import guard
from streaming.outputs.keys import stream_key
from streaming.outputs.models import Destination
from streaming.outputs.services import set_key
from streaming.relay import looking, streams
from streaming.relay.pushing import SILENT
from tests.plugins.daemon import HOST, free_port, wait_until
from tests.streaming.ingest.presenters import Presenter
from tests.streaming.playout.recording import read
from tests.streaming.relay.conftest import KEY

pytestmark = [pytest.mark.peers("nginx"), pytest.mark.django_db(transaction=True)]
SMALL = ("--size", "320x180")
UNREACHABLE = "255.255.255.255"
"""The kernel refuses to connect to it at once, as it does to anything without a network."""


def status(port: int, path: str, source: str = HOST) -> int:
    """What a page answers, asked from an address of this machine."""
    asking = http.client.HTTPConnection(HOST, port, timeout=5, source_address=(source, 0))
    asking.request("GET", path)
    return asking.getresponse().status


def seen(destination: Destination) -> Destination:
    looking.look()
    return Destination.objects.get(pk=destination.pk)


def publishers(address: str) -> int:
    stream = looking.read_relay().get(address.rpartition("/")[2])
    return len(stream.publishers) if stream else 0


def test_dead_and_refusing_platforms_cost_the_others_nothing(relay, to, address, nginx_rtmp):
    """T05 at the relay: one sink takes the stream, one is not there, one ends every connection."""
    good = to(nginx_rtmp.rtmp_url())
    dead = to(f"rtmp://{HOST}:{free_port()}/live", key="dead-key-5678")
    refusing = to(nginx_rtmp.rtmp_url("nothing-here"), key="refused-key-9999")
    relay.start()
    with Presenter(address, *SMALL) as publisher:
        publisher.published()
        nginx_rtmp.wait_for("publish", KEY)
        wait_until(lambda: seen(good).connected, within=20, what="the good one's connection")
        assert not seen(dead).connected
        assert "has no connection" in seen(dead).last_error
        wait_until(lambda: seen(refusing).last_error, within=10, what="a word about the one that refuses")
        assert not seen(refusing).connected
        assert publishers(address) == 1
        publisher.send(signal.SIGTERM)
        assert publisher.code() != 2, "the publisher was never dropped"
    nginx_rtmp.wait_for("record_done", KEY)

    assert nginx_rtmp.publishes(KEY) == 1
    recording = read(nginx_rtmp.recordings()[0])
    assert (recording.video.backward, recording.errors) == (0, 0)
    assert recording.video.largest_step < 100
    row = seen(good)
    assert (row.connected, row.last_error) == (False, SILENT)
    assert row.bytes_total > 20_000


def test_a_network_that_is_not_there_when_the_first_push_begins_kills_nobody(
    relay, to, address, nginx_rtmp, monkeypatch
):
    """nginx-rtmp's worker dies of a first push that fails at once; ours is always one to itself."""
    first = to("rtmp://192.0.2.1:1935/live", key="unreachable-1234")
    to(nginx_rtmp.rtmp_url())
    real = guard.checked_addresses
    there = lambda host, port, **rules: [UNREACHABLE] if host == "192.0.2.1" else real(host, port, **rules)  # noqa: E731 - one line says it
    monkeypatch.setattr(streams, "checked_addresses", there)
    relay.start()
    assert f"{UNREACHABLE}:1935/{first.pk}" in relay.file.read_text()
    with Presenter(address, *SMALL) as publisher:
        publisher.published()
        nginx_rtmp.wait_for("publish", KEY)
        wait_until(lambda: publishers(address) == 1, within=5, what="the publisher")
        assert publisher.process.poll() is None
    assert "exited on signal" not in relay.output


def test_a_second_publisher_is_refused_before_any_platform_hears_of_it(relay, to, address, nginx_rtmp, live_server):
    django_settings.RELAY = replace(django_settings.RELAY, callback_url=live_server.url)
    to(nginx_rtmp.rtmp_url())
    relay.start()
    with Presenter(address, *SMALL) as first:
        first.published()
        nginx_rtmp.wait_for("publish", KEY)
        with Presenter(address, *SMALL) as second:
            assert second.code() == 1
        assert nginx_rtmp.publishes(KEY) == 1, "no second connection with the same key"
        assert first.process.poll() is None
        assert publishers(address) == 1


def test_who_does_not_know_the_name_publishes_nothing(relay, to, address, nginx_rtmp):
    to(nginx_rtmp.rtmp_url())
    relay.start()
    for name in ("live", "night-fm", f"{address.rpartition('/')[2]}x", "anchor"):
        with Presenter(f"{django_settings.RELAY_URL}/{name}", *SMALL) as stranger:
            assert stranger.code() == 1, name
    assert nginx_rtmp.events == []


def test_a_new_name_replaces_the_old_one(relay, to, inward, address, nginx_rtmp):
    to(nginx_rtmp.rtmp_url())
    set_key(destination=inward, key="another-name-of-at-least-22-letters")
    relay.start()
    with Presenter(address, *SMALL) as old:
        assert old.code() == 1
    inward.refresh_from_db()
    with Presenter(f"{django_settings.RELAY_URL}/{stream_key(inward)}", *SMALL) as new:
        new.published()


def test_a_publisher_that_hangs_gives_its_name_free(relay, to, address, nginx_rtmp):
    to(nginx_rtmp.rtmp_url())
    relay.start()
    with Presenter(address, *SMALL) as frozen:
        frozen.published()
        wait_until(lambda: publishers(address) == 1, within=5, what="the publisher")
        frozen.send(signal.SIGSTOP)
        wait_until(lambda: publishers(address) == 0, within=15, what="its end")
        with Presenter(address, *SMALL) as next_one:
            next_one.published()


def test_without_the_web_process_whoever_knows_the_name_is_let_in(relay, to, address, nginx_rtmp):
    """The callback's address is a closed port: the relay goes on without it."""
    to(nginx_rtmp.rtmp_url())
    relay.start()
    with Presenter(address, *SMALL) as publisher:
        publisher.published()
        nginx_rtmp.wait_for("publish", KEY)


def test_statistics_are_for_this_machine_and_health_for_all(relay, inward, settings):
    settings.RELAY = replace(settings.RELAY, host="0.0.0.0")  # noqa: S104 - to be asked from two addresses
    relay.start()
    port, elsewhere = settings.RELAY.http_port, "127.0.0.2"
    assert status(port, "/stat") == 200
    assert status(port, "/stat", elsewhere) == 404
    assert status(port, "/health", elsewhere) == 200
    assert status(port, "/control/drop/publisher?app=relay&name=x") == 404


def test_no_key_is_logged_or_shown(relay, to, address, nginx_rtmp, live_server):
    django_settings.RELAY = replace(django_settings.RELAY, callback_url=live_server.url)
    to(nginx_rtmp.rtmp_url())
    to(f"rtmp://{HOST}:{free_port()}/live", key="dead-key-5678")
    relay.start()
    with Presenter(address, *SMALL) as publisher:
        publisher.published()
        nginx_rtmp.wait_for("publish", KEY)
        shown = urllib.request.urlopen(f"{relay.http}/stat").read().decode()
    for secret in (KEY, "dead-key-5678"):
        assert secret not in shown
        assert secret not in relay.output
    assert address.rpartition("/")[2] not in relay.output
    assert relay.file.stat().st_mode & 0o777 == 0o600
