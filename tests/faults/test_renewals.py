"""T18 and T19: times that wrap, and connections that end on purpose before a platform would end them."""

from __future__ import annotations

import pytest

from tests.fakes.ingest import FakeIngest
from tests.faults.probe import output, to, untouched
from tests.streaming.playout.recording import read

EXTENDED, WRAP = 2**24, 2**31


@pytest.fixture
def ingest(tmp_path):
    with FakeIngest(folder=tmp_path) as platform:
        yield platform


def _media(player, seconds):
    return player.next_statistics(lambda e: e["seconds"] >= seconds, within=seconds + 30)


def _ended(player, ingest, key):
    player.stop()
    ingest.wait_until(lambda: all(one.ended for one in ingest.of(key)), 10, "the end")
    return ingest.of(key)


@pytest.mark.whole
def test_t18_four_hours_and_forty_minutes_pass_without_a_mark(figures, play, ingest):
    """A connection whose time begins 6 s before 2²⁴ ms: the extended timestamp of RTMP."""
    player = play(outputs=[to(ingest, start_ms=EXTENDED - 6000)])
    _media(player, 12)
    (publish,) = _ended(player, ingest, "p")
    times = publish.egress.video.dts
    assert times[0] < EXTENDED < times[-1]
    untouched(figures, "T18", publish, "over 2²⁴ ms")


@pytest.mark.whole
@pytest.mark.peers("nginx")
def test_t18_a_real_server_and_its_recording_pass_it_too(figures, play, nginx_rtmp):
    url = nginx_rtmp.rtmp_url()
    player = play(
        outputs=[{"id": "p", "kind": "rtmp", "url": url, "key": "st", "private": True, "start_ms": EXTENDED - 6000}]
    )
    player.wait_for("output", id="p", up=True)
    _media(player, 12)
    player.stop()
    recording = read(nginx_rtmp.wait_for("record_done", "st").path)
    assert nginx_rtmp.publishes("st") == 1
    figures("T18", "nginx-rtmp over 2²⁴ ms: largest step", recording.video.largest_step, "ms", at_most=40)
    figures("T18", "steps back and decode errors", recording.video.backward + recording.errors, exactly=0)


def test_t18_a_connection_is_renewed_before_its_time_wraps_and_the_other_goes_on(figures, play, ingest):
    """One begins 10 s before 2³¹ ms, the other at 0."""
    player = play(outputs=[to(ingest, "near", start_ms=WRAP - 10_000), to(ingest, "far")])
    ingest.wait_for("near", count=2, within=40)
    _media(player, 14)
    first, second = _ended(player, ingest, "near")
    figures("T18", "last time sent, before 2³¹ ms by", (WRAP - max(first.egress.video.dts)) / 1000, "s", at_least=0)
    figures("T18", "gap at its renewal", ingest.gaps("near")[0], "s", at_most=3)
    wrong = sum(one.egress.backward + read(one.recording).errors for one in (first, second))
    figures("T18", "steps back and decode errors in both parts", wrong, exactly=0)
    assert second.egress.video.dts[0] < 1000
    untouched(figures, "T18", _ended(player, ingest, "far")[0])


def _renewals(figures, play, ingest, after_s, count):
    player = play(outputs=[to(ingest, "a", renew={"after_s": after_s}), to(ingest, "b")])
    ingest.wait_for("a", count=count + 1, within=after_s * (count + 1) + 30)
    told = output(player.next_statistics(lambda e: output(e, "a")["renewals"] >= count), "a")
    publishes = _ended(player, ingest, "a")
    lengths = [one.last_media - one.began for one in publishes]
    figures("T19", f"limit of {after_s} s, {count} renewals: longest gap", max(ingest.gaps("a")), "s", at_most=3)
    figures("T19", "longest connection over its limit", max(lengths) / after_s, at_most=1)
    figures("T19", "shortest connection over its limit", min(lengths[:-1]) / after_s, at_least=0.5)
    figures("T19", "connections per window", len(publishes) / (count + 1), exactly=1)
    assert told["reconnects"] == 0
    assert all(one.how == "goodbye" for one in publishes)
    untouched(figures, "T19", _ended(player, ingest, "b")[0])


@pytest.mark.whole
def test_t19_a_connection_is_renewed_before_the_platforms_limit(figures, play, ingest):
    """A limit of 10 s (instead of 48 h), twice."""
    _renewals(figures, play, ingest, 10, 2)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_t19_five_windows_of_a_minute(figures, play, ingest):
    _renewals(figures, play, ingest, 60, 5)
