"""Frame times never jump and never go back, wherever pictures change."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.playout.errors import PictureError
from streaming.playout.timeline import Timeline
from streaming.playout.units import REORDER


def decode_order(frames: int) -> list[int]:
    """Display positions in decode order of a picture with two B-frames: I P B B P B B … P."""
    order = [0]
    for anchor in itertools.count(3, 3):
        if anchor >= frames:
            rest = list(range(max(order, default=-1) + 1, frames))
            return order + rest[-1:] + rest[:-1]
        order += [anchor, anchor - 2, anchor - 1]
    raise AssertionError


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 80)), min_size=1, max_size=12))
def test_any_cuts_leave_steps_of_one_frame_and_every_display_time_once(pictures):
    timeline, times = Timeline(), []
    for frames, leave_after in pictures:
        shown = 0
        while True:
            timeline.begin()
            for offset in decode_order(frames):
                times.append(timeline.place(offset))
                shown += 1
                if shown > leave_after and timeline.may_switch:
                    break
            if shown > leave_after and timeline.may_switch:
                break
    assert [dts for dts, _ in times] == list(range(-REORDER, len(times) - REORDER))
    assert sorted(pts for _, pts in times) == list(range(len(times)))
    assert all(pts >= dts for dts, pts in times)


def test_a_cut_waits_at_most_two_frames_with_two_b_frames():
    timeline = Timeline()
    timeline.begin()
    waits, waiting = [], 0
    for offset in decode_order(60):
        timeline.place(offset)
        waiting = 0 if timeline.may_switch else waiting + 1
        waits.append(waiting)
    assert max(waits) == 2


def test_a_picture_that_ends_with_frames_still_owed_is_refused():
    timeline = Timeline()
    timeline.begin()
    timeline.place(0)
    timeline.place(2)
    with pytest.raises(PictureError):
        timeline.begin()


def test_a_picture_that_reorders_too_deeply_is_refused():
    timeline = Timeline()
    timeline.begin()
    for offset in (0, 5, 4, 3):
        timeline.place(offset)
    with pytest.raises(PictureError):
        timeline.place(1)


def test_after_a_broken_picture_times_go_on():
    timeline = Timeline()
    timeline.begin()
    before = [timeline.place(offset) for offset in (0, 3)]
    timeline.abandon()
    timeline.begin()
    after = timeline.place(0)
    assert after[0] == before[-1][0] + 1
    assert after[1] > before[-1][1]
    assert timeline.may_switch
