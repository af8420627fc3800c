"""When a presenter's pictures come on: at the best frame at which the picture before may be left."""

from __future__ import annotations

from fractions import Fraction

import pytest

from streaming.playout.takeover_picture import GuestPicture, Store

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
