"""Control 8: nothing can be shown or played before all of it was decoded; damaged files are refused whole."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.models import Loop, Rendition, Track
from catalog.music.errors import TrackRefusedError
from catalog.music.services import take_in_track
from catalog.visuals.errors import LoopRefusedError
from catalog.visuals.services import take_in
from streaming.cues.errors import LoopNotReadyError, MappingInvalidError
from streaming.cues.services import cue_loop, map_key, picture_for, set_default_loop
from tests.catalog.conftest import places, sent
from tests.catalog.films import film
from tests.catalog.recordings import recording
from tests.factories import make_loop, make_mapping, make_rendition, make_slate, make_station

__all__ = ["places", "sent"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("places", "sent")]


def cut(share: float) -> Callable[[bytes], bytes]:
    return lambda whole: whole[: int(len(whole) * share)]


def flipped(seed: int) -> Callable[[bytes], bytes]:
    """Turn three hundred bits all over the pictures."""

    def turn(whole: bytes) -> bytes:
        data, dice = bytearray(whole), random.Random(seed)
        for _ in range(300):
            data[dice.randrange(1000, len(data) - 1500)] ^= 1 << dice.randrange(8)
        return bytes(data)

    return turn


HARMS = [cut(0.05), cut(0.5), cut(0.95), flipped(1), flipped(2), flipped(3), lambda _: b"\0" * 5000]


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_video_is_refused_and_leaves_nothing(tmp_path: Path, harm: Callable[[bytes], bytes]):
    whole = film(tmp_path / "whole.mp4", frames=60, size=(640, 360)).read_bytes()
    (tmp_path / "harmed.mp4").write_bytes(harm(whole))
    with pytest.raises(LoopRefusedError):
        take_in(path=tmp_path / "harmed.mp4", original_name="harmed.mp4")
    assert not Loop.objects.exists()


@pytest.mark.parametrize("harm", [cut(0.05), cut(0.6), lambda _: b"\0" * 5000])
def test_a_damaged_recording_is_refused_and_leaves_nothing(tmp_path: Path, harm: Callable[[bytes], bytes]):
    whole = recording(tmp_path / "whole.m4a", "aac").read_bytes()
    (tmp_path / "harmed.m4a").write_bytes(harm(whole))
    with pytest.raises(TrackRefusedError):
        take_in_track(path=tmp_path / "harmed.m4a", original_name="harmed.m4a", artist="Ana", title="Blue")
    assert not Track.objects.exists()


@pytest.mark.parametrize("status", [Loop.Status.CHECKING, Loop.Status.REFUSED])
def test_a_loop_that_did_not_pass_cannot_be_scheduled(status: str):
    station, loop = make_station(), make_loop(status=status)
    for work in (
        lambda: map_key(station=station, track_key="ana - blue", loop=loop),
        lambda: set_default_loop(station=station, loop=loop),
        lambda: cue_loop(station=station, loop=loop, held=True),
    ):
        with pytest.raises((MappingInvalidError, LoopNotReadyError)):
            work()


@pytest.mark.parametrize("status", [s for s in Rendition.Status.values if s != Rendition.Status.READY])
def test_what_is_not_compiled_and_verified_is_never_chosen(status: str):
    make_slate()
    station, loop = make_station(), make_loop()
    make_rendition(loop, status=status)
    make_mapping(station, loop, "ana - blue")
    assert picture_for(station=station, track_key="ana - blue", song_id="").loop.builtin == "slate"
