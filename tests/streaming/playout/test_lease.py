"""Nothing is sent when the turn is over, whatever hangs; a new one lets it go on at once; the clock never stops."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from streaming.playout.errors import HeldError
from streaming.playout.lease import Fence, now
from tests.fakes.ingest import FakeIngest
from tests.fakes.proxy import Proxy
from tests.streaming.playout.pictures import make_rendition


@pytest.fixture
def ingest():
    with FakeIngest() as platform:
        yield platform


def _rtmp(url, **more):
    return {"id": "p", "kind": "rtmp", "url": url, "key": "k", "private": True, **more}


def _until(seconds):
    return {"until": now() + seconds}


def test_a_fence_without_an_end_lets_everything_through():
    fence = Fence()
    fence.check()
    fence.set(now() + 60)
    fence.set(None)
    fence.check()
    assert fence.is_open


def test_a_turn_that_is_over_is_an_error_with_a_sentence():
    fence = Fence()
    fence.set(now() - 1)
    with pytest.raises(HeldError, match="turn is over"):
        fence.check()
    with pytest.raises(HeldError):
        fence.enter(lambda: None)
    fence.close()


def test_whoever_is_inside_is_cut_off_the_moment_the_turn_ends():
    fence, cut = Fence(), threading.Event()
    fence.enter(cut.set)
    end = now() + 0.2
    fence.set(end)
    assert cut.wait(5)
    assert -0.001 <= now() - end < 0.15
    fence.close()


def test_a_longer_turn_cuts_nobody_off():
    fence, cut = Fence(), threading.Event()
    fence.enter(cut.set)
    fence.set(now() + 0.2)
    fence.set(now() + 60)
    assert not cut.wait(0.5)
    fence.close()


def test_sending_ends_with_the_turn_and_goes_on_with_the_next(play, ingest, tmp_path, say):
    preview = {"id": "preview", "kind": "hls", "folder": str(tmp_path / "hls")}
    player = play(outputs=[_rtmp(ingest.url), preview], lease=_until(4))
    end = player.spec["lease"]["until"]
    first = ingest.wait_for("k")
    held = player.wait_for("output", id="p", state="held")
    assert "turn is over" in held["error"]
    ingest.wait_until(lambda: first.ended, 5, "the end of the publish")
    late = first.last_media - (time.time() - now() + end)
    say(f"last media {late * 1000:.0f} ms after the turn's end")
    assert late < 0.1
    seen = player.next_statistics()
    later = player.next_statistics(lambda e: e["seconds"] > seen["seconds"] + 2)
    assert [(o["id"], o["state"]) for o in later["outputs"]] == [("p", "held"), ("preview", "up")]
    assert len(ingest.connections) == 1
    player.send({"do": "lease", "lease": _until(60), "id": 1})
    again = ingest.wait_for("k", count=2, within=2)
    assert again.ended is None
    assert [e["severity"] for e in player.facts("error") if e["about"] == "output:p"] == ["warning"]


def test_a_turn_renewed_in_time_keeps_the_connection_and_null_keeps_it_for_ever(play, ingest):
    player = play(outputs=[_rtmp(ingest.url)], lease=_until(4))
    publish = ingest.wait_for("k")
    for _ in range(3):
        player.send({"do": "lease", "lease": _until(5)})
        begun = player.next_statistics()["seconds"]
        player.next_statistics(lambda e, begun=begun: e["seconds"] > begun + 1)
    player.send({"do": "lease", "lease": {"until": None}})
    begun = player.next_statistics()["seconds"]
    player.next_statistics(lambda e: e["seconds"] > begun + 4)
    assert publish.ended is None
    assert not [e for e in player.facts("output") if e["state"] == "held"]


def test_a_process_that_starts_after_its_turn_sends_nothing(play, ingest):
    player = play(outputs=[_rtmp(ingest.url)], lease=_until(-1))
    held = player.next_statistics(lambda e: e["seconds"] > 2)["outputs"][0]
    assert held["state"] == "held"
    assert ingest.connections == []


def test_a_write_that_hangs_does_not_go_on_after_the_turn(play, ingest, tmp_path, say):
    heavy = make_rendition(tmp_path / "heavy.mp4", (20, 20, 20), 60, noise=220, crf="12")
    with Proxy(ingest.port) as proxy:
        player = play(
            picture={"id": "heavy", "path": str(heavy)},
            outputs=[_rtmp(f"rtmp://127.0.0.1:{proxy.port}/live")],
            lease=_until(9),
        )
        end = player.spec["lease"]["until"]
        ingest.wait_for("k")
        proxy.swallow()
        player.next_statistics(lambda e: e["outputs"][0]["queued_ms"] > 1000)  # it hangs
        player.wait_for("output", within=20, id="p", state="held")
        assert now() - end < 1
        got = proxy.forwarded
        proxy.release()
        ingest.wait_until(lambda: ingest.of("k")[0].ended, 10, "the end of the publish")
        taken = proxy.forwarded - got
        say(f"{taken} bytes that the far machine had taken before the turn's end")
        assert ingest.of("k")[0].how != "goodbye"
        assert len(ingest.connections) == 1


@pytest.mark.parametrize("stopped_for", [2.5])
def test_a_process_that_was_stopped_past_its_turn_sends_nothing_new(play, ingest, stopped_for, say):
    player = play(outputs=[_rtmp(ingest.url)], lease=_until(4))
    end = player.spec["lease"]["until"]
    publish = ingest.wait_for("k")
    player.next_statistics(lambda _: end - now() < 1)
    assert player.process
    os.kill(player.process.pid, signal.SIGSTOP)
    try:
        threading.Event().wait(stopped_for)  # a machine that stands still: nothing happens that could be awaited
        frames = len(publish.egress.video.at)
    finally:
        os.kill(player.process.pid, signal.SIGCONT)
    player.wait_for("output", id="p", state="held")
    ingest.wait_until(lambda: publish.ended, 5, "the end of the publish")
    say(f"{len(publish.egress.video.at) - frames} frames after the turn")
    assert len(publish.egress.video.at) == frames
    assert len(ingest.connections) == 1


@pytest.mark.parametrize(
    ("command", "field"),
    [
        ({"do": "lease"}, "lease"),
        ({"do": "lease", "lease": {"until": "soon"}}, "lease.until"),
        ({"do": "renew", "output": "nobody"}, "output"),
        ({"do": "renew"}, "output"),
        ({"do": "renew", "output": "preview"}, "output"),
    ],
)
def test_a_wrong_command_is_answered_with_its_field(play, tmp_path, command, field):
    player = play(outputs=[{"id": "preview", "kind": "hls", "folder": str(tmp_path / "hls")}])
    player.send({**command, "id": 9})
    answer = player.wait_for("answer", to=9)
    assert not answer["ok"]
    assert answer["field"] == field
