"""Hanging is told by frames and by time that was watched."""

from __future__ import annotations

from streaming.nodes.progress import Progress


def watched(progress: Progress, start: float, seconds: float, step: float = 0.5) -> None:
    for i in range(int(seconds / step) + 1):
        progress.look(start + i * step)


def test_five_seconds_without_a_frame_hang():
    progress = Progress()
    progress.note(30)
    watched(progress, 0, 4.5)
    assert not progress.hangs
    watched(progress, 5, 0)
    assert progress.hangs


def test_every_new_frame_starts_the_count_again():
    progress = Progress()
    for second in range(60):
        assert progress.note(30 + second)
        progress.look(float(second))
    assert not progress.hangs


def test_the_same_frame_again_is_no_progress():
    progress = Progress()
    assert progress.note(30)
    assert not progress.note(30)
    assert not progress.note(0)
    watched(progress, 0, 5)
    assert progress.hangs


def test_a_start_may_take_longer_than_a_pause():
    progress = Progress()
    watched(progress, 0, 19)
    assert not progress.hangs
    watched(progress, 19.5, 1)
    assert progress.hangs


def test_time_nobody_watched_is_not_held_against_it():
    progress = Progress()
    progress.note(30)
    progress.look(0)
    progress.look(3600)  # this process was stopped for an hour, or the machine slept
    assert not progress.hangs


def test_a_clock_that_goes_back_changes_nothing():
    progress = Progress()
    progress.note(30)
    progress.look(100)
    progress.look(50)
    assert progress.waited == 0
