"""T04 to T07: a destination breaks, stalls, is slow, is gone: it is found again, and the other one notices nothing."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from tests.fakes.ingest import FakeIngest
from tests.fakes.proxy import Proxy
from tests.faults.probe import Weight, output, to, untouched
from tests.streaming.playout.pictures import make_rendition

MEGABIT = 125_000
FRAME_MS = 40
GOP_FRAMES = 60


class Behind(FakeIngest):
    """An ingest behind a line of its own; ``path`` is the output that takes it."""

    def __init__(self):
        super().__init__()
        self.line = Proxy(self.port)
        self.path = {**to(self, "b"), "url": f"rtmp://127.0.0.1:{self.line.port}/live"}

    def __exit__(self, *_):
        self.line.close()
        super().__exit__()


@pytest.fixture(scope="module")
def heavy(tmp_path_factory):
    """A picture of about 3 Mbit/s: what fills a window and what a slow line cannot carry."""
    path = tmp_path_factory.mktemp("heavy") / "heavy.mp4"
    make_rendition(path, (20, 20, 20), 120, noise=120, crf="24")
    return {"id": "heavy", "path": str(path)}


@pytest.fixture
def whole(tmp_path):
    """The destination nothing happens to."""
    with FakeIngest(folder=tmp_path) as ingest:
        yield ingest


@pytest.fixture
def broken():
    """The destination everything happens to, behind a line of its own."""
    with Behind() as ingest:
        yield ingest


def _ended(player, ingest, key):
    """Stop the engine; return the only publish of the key, at its end."""
    player.stop()
    (publish,) = ingest.of(key)
    ingest.wait_until(lambda: publish.ended, 10, "the end")
    return publish


def _resets(figures, play, whole, broken, count, every):
    player = play(outputs=[to(whole, "w"), broken.path])
    pid = player.process.pid
    whole.wait_for("w")
    for number in range(count):
        publish = broken.wait_for("b", count=number + 1, within=90)
        broken.wait_until(lambda one=publish: one.last_media - one.first_media >= every, every + 20, "some of it")
        broken.line.reset()
    broken.wait_for("b", count=count + 1, within=90)
    assert player.process.pid == pid
    assert player.process.poll() is None
    gaps = broken.gaps("b")
    figures("T04", f"{count} resets, one every {every:g} s: longest way back", max(gaps), "s", at_most=35)
    figures("T04", "publishes of the destination that was reset", len(broken.of("b")), exactly=count + 1)
    untouched(figures, "T04", _ended(player, whole, "w"))


def test_t04_a_destination_that_resets_again_and_again_comes_back_and_the_other_never_drops(
    figures, play, whole, broken
):
    """Three resets, one a second (instead of 20, one every 30 s)."""
    _resets(figures, play, whole, broken, 3, 1.0)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_t04_twenty_resets_over_ten_minutes(figures, play, whole, broken):
    _resets(figures, play, whole, broken, 20, 30.0)


def test_t04_waits_between_tries_grow_to_half_a_minute_and_are_jittered(figures):
    """Those of 300 destinations that are refused, without the waiting."""
    from streaming.playout.backoff import Backoff
    from streaming.playout.outputs.base import Output

    waits = np.array([[backoff.fail() for _ in range(12)] for backoff in
                      [Backoff(first=Output.first_wait, most=Output.longest_wait) for _ in range(300)]])  # fmt: skip
    figures("T04", "first wait, at most", float(waits[:, 0].max()), "s", at_most=3)
    figures("T04", "longest wait", float(waits.max()), "s", at_most=30)
    figures("T04", "spread of the longest wait", float(np.ptp(waits[:, -1])), "s", at_least=5)
    assert (np.diff(np.median(waits, axis=0)[:6]) > 0).all()


def test_t04_a_destination_that_refuses_is_asked_ever_less_often(figures, play, whole, broken):
    """Refused for 14 s of media: each wait about double the one before."""
    broken.refusing = "reset"
    player = play(outputs=[to(whole, "w"), broken.path])
    whole.wait_for("w")
    player.next_statistics(lambda e: e["seconds"] >= 14, within=40)
    waits = [later - earlier for earlier, later in pairwise(broken.connections)]
    figures("T04", "tries within 14 s of refusal", len(broken.connections), at_most=7)
    figures("T04", "last wait over the first", waits[-1] / waits[0], at_least=3)
    assert len([e for e in player.facts("error") if e["about"] == "output:b"]) <= len(broken.connections)
    untouched(figures, "T04", _ended(player, whole, "w"))


def _swallowed(figures, play, heavy, whole, broken, seconds):
    player = play(picture=heavy, outputs=[to(whole, "w"), broken.path])
    whole.wait_for("w")
    broken.wait_for("b")
    began = player.next_statistics(lambda e: e["seconds"] > 4)["seconds"]
    with Weight(player) as weight:
        broken.line.swallow()
        player.next_statistics(lambda e: e["seconds"] >= began + seconds, within=seconds + 30)
        seen, released = len(player.events), player.next_statistics()
        broken.line.release()
        back = player.wait_until(lambda e: e["event"] == "output" and e["id"] == "b" and e["up"], 60, seen)
    figures("T05", f"swallowed for {seconds} s: memory grew by", weight.growth, "MB", at_most=20)
    figures("T05", "connected again after the release within", back["at"] - released["at"], "s", at_most=30)
    figures("T05", "descriptors more than before", weight.more_descriptors, at_most=1)
    untouched(figures, "T05", _ended(player, whole, "w"))


@pytest.mark.whole
def test_t05_a_destination_that_stops_reading_costs_no_memory_and_comes_back(figures, play, heavy, whole, broken):
    """For 20 s of media (instead of 5 minutes); its window fills within the first."""
    _swallowed(figures, play, heavy, whole, broken, 20)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_t05_five_minutes_without_reading(figures, play, heavy, whole, broken):
    _swallowed(figures, play, heavy, whole, broken, 300)


def _throttled(figures, play, heavy, whole, broken, seconds):
    player = play(picture=heavy, outputs=[to(whole, "w"), broken.path])
    whole.wait_for("w")
    publish = broken.wait_for("b")
    began = player.next_statistics(lambda e: e["seconds"] > 4)
    with Weight(player) as weight:
        broken.line.throttle(MEGABIT)
        player.next_statistics(lambda e: e["seconds"] >= began["seconds"] + seconds, within=seconds + 30)
        eased = player.next_statistics()
        broken.line.throttle(0)
        player.next_statistics(lambda e: e["seconds"] >= eased["seconds"] + 8, within=40)
    (one,) = broken.of("b")
    assert one is publish
    late = publish.egress.lateness()
    after = np.array(publish.egress.video.at) > eased["at"]
    caught_up = np.array(publish.egress.video.at)[after & (late > 1.0)]
    figures("T06", f"1 Mbit/s for {seconds} s: behind by", float(late.max()), "s", at_most=10)
    figures("T06", "caught up after", float(max(caught_up, default=eased["at"]) - eased["at"]), "s", at_most=15)
    figures("T06", "memory grew by", weight.growth, "MB", at_most=20)
    _whole_gops(figures, publish.egress)
    assert output(player.next_statistics(), "b")["dropped"] > 0
    untouched(figures, "T06", _ended(player, whole, "w"))


def _whole_gops(figures, egress):
    """Where pictures are missing, the next one is a keyframe, and what is missing ends where a GOP did."""
    times, keys = np.array(egress.video.dts), set(egress.keyframes.dts)
    resumed = [int(times[place + 1]) for place in np.flatnonzero(np.diff(times) > FRAME_MS)]
    figures("T06", "pictures dropped in places", len(resumed), at_least=1)
    figures("T06", "of these, gone on without a keyframe", sum(time not in keys for time in resumed), exactly=0)


@pytest.mark.whole
def test_t06_a_line_that_is_too_slow_drops_whole_gops_and_catches_up(figures, play, heavy, whole, broken):
    """20 s of media through a third of what it needs (instead of 60)."""
    _throttled(figures, play, heavy, whole, broken, 20)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_t06_a_minute_of_a_slow_line(figures, play, heavy, whole, broken):
    _throttled(figures, play, heavy, whole, broken, 60)


def _lost(figures, play, whole, broken, seconds):
    player = play(outputs=[to(whole, "w"), broken.path])
    whole.wait_for("w")
    broken.wait_for("b")
    before = player.next_statistics(lambda e: e["seconds"] > 3)
    broken.line.down(seconds)
    player.next_statistics(lambda e: e["at"] >= before["at"] + seconds, within=seconds + 30)
    broken.wait_until(lambda: broken.of("b")[-1].last_media > before["at"] + seconds + 2, seconds + 60, "the way back")
    seen = sorted(at for one in broken.of("b") for at in one.egress.video.at)
    told = [e["message"] for e in player.facts("error") if e["about"] == "output:b"]
    figures("T07", f"line lost for {seconds} s: gap beyond the loss", max(np.diff(seen)) - seconds, "s", at_most=8)
    figures("T07", "errors told of it", len(told), at_most=1 + seconds / 10)
    assert not [sentence for sentence in told if not re.search(r"[.]$", sentence)]
    untouched(figures, "T07", _ended(player, whole, "w"))


@pytest.mark.whole
def test_t07_a_lost_line_is_found_again_by_itself(figures, play, whole, broken):
    """For 5 s (instead of 20 and 120)."""
    _lost(figures, play, whole, broken, 5)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seconds", [20, 120])
def test_t07_a_line_lost_for_longer_than_a_connection_lives(figures, play, whole, broken, seconds):
    _lost(figures, play, whole, broken, seconds)
