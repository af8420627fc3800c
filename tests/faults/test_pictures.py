"""T15 to T17: pictures that are missing, damaged, or change again and again."""

from __future__ import annotations

import random
import shutil
from collections import Counter

import pytest

from catalog.visuals.errors import LoopRefusedError
from catalog.visuals.models import Loop
from catalog.visuals.services import take_in
from tests.catalog.conftest import places
from tests.catalog.films import film
from tests.fakes.ingest import FakeIngest
from tests.faults.probe import longest_black, to, untouched
from tests.streaming.playout.compiled import CODING
from tests.streaming.playout.pictures import make_rendition

__all__ = ["places"]
GOP_S = 2.0


@pytest.fixture
def ingest(tmp_path):
    folder = tmp_path / "recordings"
    folder.mkdir()
    with FakeIngest(folder=folder) as platform:
        yield platform


def _ended(player, ingest):
    player.stop()
    (publish,) = ingest.of("p")
    ingest.wait_until(lambda: publish.ended, 10, "the end")
    return publish


def _media(player, seconds):
    now = player.next_statistics()["seconds"]
    return player.next_statistics(lambda e: e["seconds"] >= now + seconds, within=seconds + 15)


def _remove(path):
    path.unlink()


def _empty(path):
    path.write_bytes(b"")


def _forbid(path):
    """Root may read everything, so a folder stands where the file was."""
    path.unlink()
    path.mkdir()


def _cut_off(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


HOW = {"removed": _remove, "empty": _empty, "unreadable": _forbid, "cut off": _cut_off}


def test_t15_pictures_that_are_gone_or_unreadable_never_stop_the_stream(figures, play, pictures, ingest, tmp_path):
    """Each before it is shown, and each while it is on air; the fallback is there in the meantime."""
    fallback = {"id": "green", "path": str(pictures["green"][1])}
    player = play(outputs=[to(ingest)], fallback=fallback)
    ingest.wait_for("p")
    for number, (name, spoil) in enumerate(HOW.items()):
        for when in ("before", "on air"):
            path = shutil.copy(pictures["blue"][1], tmp_path / f"{number}-{when}.mp4")
            if when == "before":
                spoil(path)
            cue = player.show((f"{name} {when}", path))
            player.wait_until(lambda e, cue=cue: e["event"] == "aired" and e["cue"]["id"] == cue)
            if when == "on air":
                spoil(path)
        _media(player, 1.5)
    assert player.process.poll() is None
    publish = _ended(player, ingest)
    wait = publish.egress.video.largest_wait
    figures("T15", f"{2 * len(HOW)} pictures gone or unreadable: longest wait for a picture", wait, "s", at_most=GOP_S)
    figures("T15", "longest black-out", longest_black(publish.recording), "s", at_most=2.5)
    untouched(figures, "T15", publish, "the stream")


def _flipped(path, tmp_path, count=400):
    data, dice = bytearray(path.read_bytes()), random.Random(4)
    for _ in range(count):
        data[dice.randrange(1000, len(data) - 1500)] ^= 1 << dice.randrange(8)
    spoilt = tmp_path / "flipped.mp4"
    spoilt.write_bytes(data)
    return spoilt


@pytest.mark.django_db
def test_t16_damaged_pictures_are_refused_when_they_come_in(figures, places, tmp_path):
    whole = film(tmp_path / "whole.mp4", frames=60, codec="libx264", size=(640, 360))
    short = tmp_path / "short.mp4"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    refused = []
    for path in (_flipped(whole, tmp_path), short):
        with pytest.raises(LoopRefusedError) as error:
            take_in(path=path, original_name=path.name)
        refused.append(error.value.detail)
    figures("T16", "damaged files refused when they come in, of 2", sum(map(bool, refused)), exactly=2)
    assert Loop.objects.count() == 0


@pytest.mark.whole
def test_t16_a_damaged_picture_that_is_forced_on_air_stops_nothing(figures, play, pictures, ingest, tmp_path):
    """Not what the intake lets through: 400 flipped bits and a file that was cut off, both put on air all the same."""
    blue = make_rendition(tmp_path / "blue.mp4", (20, 20, 200), 150, noise=30)
    short = tmp_path / "short.mp4"
    short.write_bytes(blue.read_bytes()[: blue.stat().st_size // 2])
    player = play(outputs=[to(ingest)], fallback={"id": "green", "path": str(pictures["green"][1])})
    ingest.wait_for("p")
    for name, path in (("flipped", _flipped(blue, tmp_path)), ("short", short)):
        cue = player.show((name, path))
        player.wait_until(lambda e, cue=cue: e["event"] == "aired" and e["cue"]["id"] == cue)
        _media(player, 6)
    assert player.process.poll() is None
    egress = _ended(player, ingest).egress
    figures("T16", "damaged pictures on air: longest wait for a picture", egress.video.largest_wait, "s", at_most=2.5)
    figures("T16", "largest step of the picture", egress.video.largest_step, "ms", at_most=40)
    figures("T16", "steps back", egress.backward, exactly=0)


def _switched(figures, play, compiled, ingest, count):
    first = {"id": "red", "path": str(compiled["red"][1])}
    cross = {"kind": "crossfade", "ms": 1000}
    player = play(outputs=[to(ingest)], coding=CODING, transition=cross, picture=first)
    ingest.wait_for("p")
    names = list(compiled)
    made: Counter[str] = Counter()
    for number in range(count):
        cue = f"c{number}"
        identity, path = compiled[names[(number + 1) % 3]]
        command = {"do": "show", "cue": {"id": cue, "track": {}}, "picture": {"id": identity, "path": str(path)}}
        if random.random() < 0.75:
            command["at"] = player.next_statistics()["seconds"] + random.uniform(0.2, 4.0)
        seen = len(player.events)
        player.send(command)
        aired = player.wait_until(
            lambda e, cue=cue: e["event"] == "aired" and e["cue"]["id"] == cue, after=max(0, seen - 5)
        )
        made[aired["seam"]] += 1
    _media(player, 1)
    publish = _ended(player, ingest)
    assert made.total() == count
    wait = publish.egress.video.largest_wait
    figures("T17", f"{count} changes at random instants: longest wait for a picture", wait, "s", at_most=2.5)
    untouched(figures, "T17", publish, "the stream")


@pytest.mark.whole
def test_t17_pictures_change_at_random_instants_without_a_mark_in_the_stream(figures, play, compiled, ingest):
    """Ten changes (instead of 500), some announced, some not."""
    _switched(figures, play, compiled, ingest, 10)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_t17_five_hundred_changes(figures, play, compiled, ingest):
    _switched(figures, play, compiled, ingest, 500)
