"""The fake platform: what it sees of the real engine is what there is, and it breaks as it was told to."""

from __future__ import annotations

import pytest

from tests.fakes.ingest import FakeIngest
from tests.streaming.playout.recording import read


def _to(ingest, key="st", name="p"):
    return {"id": name, "kind": "rtmp", "url": ingest.url, "key": key, "private": True}


def test_it_sees_a_publish_as_it_is_and_the_recording_decodes(play, tmp_path):
    with FakeIngest(folder=tmp_path) as ingest:
        player = play(outputs=[_to(ingest)])
        player.next_statistics(lambda e: e["seconds"] > 5)
        player.stop()
        publish = ingest.wait_for("st")
        ingest.wait_until(lambda: publish.ended, 5, "the end")
    egress = publish.egress
    assert publish.how == "goodbye"
    assert len(egress.video.dts) >= 120
    assert egress.video.largest_step <= 40
    assert egress.audio.largest_step <= 30
    assert (egress.backward, egress.far_keyframes, egress.header_changes) == (0, 0, 0)
    assert egress.skew_ms < 80
    assert 0 < egress.video.largest_wait < 1
    assert publish.recording
    assert read(publish.recording).errors == 0


def test_two_engines_under_one_key_overlap_and_are_told_apart(play):
    with FakeIngest() as ingest:
        play(outputs=[_to(ingest)])
        ingest.wait_for("st")
        play(outputs=[_to(ingest)])
        second = ingest.wait_for("st", count=2)
        ingest.wait_until(lambda: len(second.egress.video.dts) > 60, 15, "two seconds of the second")
        ((one, other, seconds),) = ingest.overlaps("st")
        assert one is ingest.of("st")[0]
        assert other is second
        assert seconds > 1
        assert ingest.overlaps("another") == []


def test_where_one_publisher_is_let_in_a_second_one_is_refused(play):
    with FakeIngest(one_each=True) as ingest:
        play(outputs=[_to(ingest)])
        ingest.wait_for("st")
        second = play(outputs=[_to(ingest)])
        assert "refused the stream key" in second.wait_for("error", about="output:p")["message"]
        assert len(ingest.of("st")) == 1


@pytest.mark.parametrize("refusing", ["key", "reset"])
def test_it_refuses(play, refusing):
    with FakeIngest() as ingest:
        ingest.refusing = refusing
        player = play(outputs=[_to(ingest)])
        player.wait_for("error", about="output:p")
        assert ingest.publishes == []
        ingest.refusing = ""
        ingest.wait_for("st")


def test_a_reset_ends_the_publish_and_the_gap_to_the_next_is_known(play):
    with FakeIngest() as ingest:
        play(outputs=[_to(ingest)])
        first = ingest.wait_for("st")
        ingest.reset()
        second = ingest.wait_for("st", count=2)
        assert first.how == "cut"
        assert ingest.gaps("st") == [second.first_media - first.last_media]
        assert ingest.overlaps() == []
        assert second.egress.video.dts[0] < 100
