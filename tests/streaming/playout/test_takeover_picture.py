"""When a presenter's pictures come on: at the best frame at which the picture before may be left, and again."""

from __future__ import annotations

import io
import threading
from fractions import Fraction

import av
import pytest

from streaming.playout import livewire
from streaming.playout.mixer import Mixer
from streaming.playout.picture import Shape
from streaming.playout.spec import Cue, PictureSpec, TakeoverSpec, parse_spec
from streaming.playout.takeover import Takeover
from streaming.playout.takeover_picture import GuestPicture, Store
from streaming.playout.takeover_screen import GuestScreen
from streaming.playout.units import SampleIndex
from tests.streaming.playout.compiled import CODING
from tests.streaming.playout.player import make_spec
from tests.streaming.playout.soundlab import Lab

RATE, SAMPLES = 30, 48000
GOP = 60
SAMPLES_A_FRAME = SAMPLES // RATE


def _put_on(stride: int, phase: int, offset: int) -> tuple[int, Fraction]:
    """Return the frame at which it comes on where every ``stride``-th may be left, and where it is due."""
    store = Store()
    for place in range(3 * GOP):
        store.add(b"", place, key=place % GOP == 0)
    guest = GuestPicture(store, b"", (RATE, SAMPLES), lambda _on: None)
    guest.offset = offset
    came = next(frame for frame in range(phase, 4 * GOP, stride) if guest.may_begin(frame, stride))
    return came, guest._store.head.place + Fraction(offset, SAMPLES_A_FRAME)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("beside", [0, 100, 800, 1500])
def test_the_first_keyframe_comes_on_beside_its_sound_in_whatever_step_the_loop_is(stride, beside):
    for phase in range(stride):
        came, due = _put_on(stride, phase, 30 * SAMPLES_A_FRAME + beside)
        assert due < GOP
        assert abs(came - due) <= Fraction(stride, 2)


def test_a_keyframe_whose_time_is_over_waits_for_the_next():
    came, due = _put_on(3, 0, -10 * SAMPLES_A_FRAME)
    assert due == GOP - 10
    assert abs(came - due) <= Fraction(3, 2)


class HeardAlone(Mixer):
    """A mixer in which the presenter is heard all the time."""

    def lane(self) -> dict[str, str]:
        return {"lane": "takeover", "id": "t", "name": "Ayu"}


class Stage:
    """A screen with a loop on and a presenter who is heard from one frame on; moved frame by frame."""

    def __init__(self, folder, loop, guest):
        self.screen = GuestScreen(Shape(320, 180, RATE, None), PictureSpec("red", loop), lambda _: None, print)
        self.screen.begin(PictureSpec("red", loop), Cue(None), 0.0)
        run = parse_spec({**make_spec(folder, ("red", loop)), "coding": CODING})
        mixer = HeardAlone(SAMPLES, 2, lambda *_: None, Lab(None))
        said = TakeoverSpec("t", "Ayu", "rtmp://127.0.0.1/a/b")
        self.takeover = Takeover(said, run, self.screen, mixer, lambda *_: None, print)
        with av.open(str(guest)) as container:
            stream = container.streams.video[0]
            rate = (stream.average_rate or RATE) * (stream.time_base or 1)
            self._frames = [
                (round(packet.pts * rate), bytes(packet), packet.is_keyframe)
                for packet in container.demux(stream)
                if packet.pts is not None
            ]

    def give(self, first, last):
        """Have pictures arrive."""
        for place, data, key in self._frames[first:last]:
            message = livewire.read(io.BytesIO(livewire.pack_frame(place, data, key=key)))
            assert message is not None
            self.takeover._said(message)

    def play(self, until):
        """Go on to a frame; return at which ones the presenter was on."""
        seen = []
        while self.screen.frame < until:
            before = self.screen.frame
            self.screen.units_until(before - 2)
            self.takeover.settled(SampleIndex(before * SAMPLES_A_FRAME), None)
            if self.screen.frame == before:
                threading.Event().wait(0.005)  # the loop is read by a thread
            elif self.takeover.on_air:
                seen.append(before)
        return seen


def test_pictures_that_did_not_come_in_time_are_back_with_the_next_keyframe(tmp_path, compiled):
    stage = Stage(tmp_path, compiled["red"][1], compiled["green"][1])
    stage.give(0, 90)
    stage.takeover._heard(0, SampleIndex(20 * SAMPLES_A_FRAME))
    first = stage.play(125)
    assert abs(first[0] - 20) <= 2
    assert abs(first[-1] - 109) <= 3
    stage.give(90, 240)
    again = stage.play(200)
    assert abs(again[0] - (20 + 2 * GOP)) <= 2
    assert again[-1] == 199
    stage.screen.close()
