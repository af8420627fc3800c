"""The picture's instant is found from the source's words and the titles in the sound. Seconds since 1970 are small."""

from __future__ import annotations

from uuid import UUID

import pytest

from streaming.nodes.timing import AHEAD, EARLIEST, GRAIN, LATEST, STEP, Due, MediaClock, Timing, Word, clock_of

RUN = UUID(int=1)
NEXT_RUN = UUID(int=2)
CLOCK = MediaClock(RUN, seconds=100.0, at=1000.0)
"""Media time 100 went out at 1000, so a wall clock time less 900 is media time."""


def tuned(**known) -> Timing:
    """A station whose sound has been heard for a while."""
    timing = Timing(**known)
    title(timing, "before", -1000)
    return timing


EARLY = 0.3 - AHEAD
"""How far before its title the sound changes, for a grain of 0.6 seconds."""


def title(timing: Timing, key: str, wall: float, grain: float = 0.6) -> None:
    timing.hear(key=key, media=wall - 900, wall=wall, run=RUN, grain=grain)


def taught(timing: Timing, *delays: float, grain: float = 0.6) -> None:
    """Let words and titles come in pairs, so far apart; the sound changes half a grain before its title."""
    for number, delay in enumerate(delays):
        at = 100.0 * (number + 1)
        timing.say(Word(-number - 1, f"lesson {number}", at))
        title(timing, f"lesson {number}", at + delay + grain / 2 - AHEAD, grain)


def at(timing: Timing, change: int) -> float:
    """The wall clock time of a change's picture."""
    return timing.dues()[change].wall


def only_wall(due: Due) -> float:
    """The instant of what is known by the wall clock alone."""
    assert (due.media, due.run) == (None, None)
    return due.wall


def test_a_title_that_is_the_word_shows_its_picture_half_a_grain_earlier():
    timing = tuned()
    title(timing, "a", 1003, grain=0.6)
    timing.say(Word(1, "a", 1003, from_sound=True))
    due = timing.dues()[1]
    assert due.run == RUN
    assert (due.wall, due.media) == pytest.approx((1003 - EARLY, 103 - EARLY))


def test_the_first_title_of_a_connection_stands_where_it_stands():
    timing = Timing()
    title(timing, "a", 1003)
    timing.say(Word(1, "a", 1003, from_sound=True))
    assert at(timing, 1) == pytest.approx(1003)


def test_without_a_title_the_engines_own_delay_counts():
    timing = Timing(engine_ms=3100)
    timing.say(Word(1, "a", 1000))
    assert only_wall(timing.dues()[1]) == pytest.approx(1003.1)


def test_a_word_is_estimated_first_and_exact_when_its_title_comes():
    timing = tuned(engine_ms=3100)
    timing.say(Word(1, "a", 1000))
    assert timing.dues()[1].media is None
    title(timing, "a", 1004, grain=0.6)
    assert timing.dues()[1].media == pytest.approx(104 - EARLY)


def test_a_title_heard_before_its_word_is_found_again():
    timing = tuned()
    title(timing, "a", 1002)
    timing.say(Word(1, "a", 1003))
    assert timing.dues()[1].media == pytest.approx(102 - EARLY)


def test_what_was_learned_stands_in_for_a_title_that_never_comes():
    timing = tuned(engine_ms=9000)
    taught(timing, 2.5, 2.7, 2.6)
    timing.say(Word(1, "a", 1000))
    assert at(timing, 1) == pytest.approx(1002.6)
    assert timing.taught_ms == 2600


def test_one_odd_lesson_does_not_mislead():
    timing = tuned()
    taught(timing, 2.5, 2.6, 40.0, 2.7, 2.6)
    assert timing.taught_ms == 2600


def test_a_title_leaves_a_window_and_the_lessons_say_where_in_it():
    timing = tuned()
    taught(timing, 2.6, 2.6, 2.6)
    timing.say(Word(1, "a", 1000))
    title(timing, "a", 1002.7, grain=0.6)  # so the sound changed between 1002.1 and 1002.7
    assert at(timing, 1) == pytest.approx(1002.55, abs=0.05)


@pytest.mark.parametrize(("heard", "shown"), [(1004.0, 1003.4), (1002.0, 1002.0)])
def test_lessons_never_lead_out_of_the_title_s_window(heard: float, shown: float):
    timing = tuned()
    taught(timing, 2.6, 2.6, 2.6)
    timing.say(Word(1, "a", 1000))
    title(timing, "a", heard, grain=0.6)
    assert at(timing, 1) == pytest.approx(shown)


def test_what_an_operator_set_stands_instead_of_all_that_is_known():
    timing = tuned(set_ms=4000)
    taught(timing, 2.6, 2.6, 2.6)
    timing.say(Word(1, "a", 1000))
    title(timing, "a", 1002.7)
    assert timing.dues()[1] == Due(1004.0)


def test_what_an_operator_set_moves_titles_that_are_the_word_too():
    timing = tuned(set_ms=-200)
    title(timing, "a", 1003)
    timing.say(Word(1, "a", 1003, from_sound=True))
    assert timing.dues()[1].media == pytest.approx(102.8)


def test_a_poll_teaches_nothing():
    timing = tuned()
    timing.say(Word(1, "a", 1000, prompt=False))
    title(timing, "a", 1009)
    assert timing.taught_ms is None


def test_the_first_title_of_a_connection_teaches_nothing():
    timing = tuned()
    timing.connected()
    timing.say(Word(1, "a", 1000))
    title(timing, "a", 1050)
    assert timing.taught_ms is None
    assert at(timing, 1) == pytest.approx(1050)


def test_a_title_that_says_the_same_again_says_nothing():
    """A jingle in jingle mode brings the title before it back."""
    timing = tuned(engine_ms=3000)
    timing.say(Word(1, "a", 1000))
    title(timing, "a", 1003)
    title(timing, "a", 1100)
    timing.say(Word(2, "a", 1098))
    assert only_wall(timing.dues()[2]) == pytest.approx(1098 + 3 - EARLY)


def test_the_same_song_twice_in_a_row_uses_its_one_title_once():
    timing = tuned(engine_ms=3000)
    timing.say(Word(1, "a", 1000))
    timing.say(Word(2, "a", 1020))
    title(timing, "a", 1003)
    dues = timing.dues()
    assert dues[1].media == pytest.approx(103 - EARLY)
    assert only_wall(dues[2]) == pytest.approx(1020 + 3 - EARLY)


def test_a_word_of_long_ago_does_not_take_the_title_of_the_same_track_now():
    """Its own title was never heard: the station was not on air yet."""
    timing = tuned(engine_ms=3000)
    timing.say(Word(1, "a", 980))
    timing.say(Word(2, "a", 1000))
    title(timing, "a", 1003)
    dues = timing.dues()
    assert dues[2].media == pytest.approx(103 - EARLY)
    assert dues[1].media is None


def test_a_title_far_from_where_it_is_expected_is_another_play_s():
    timing = tuned()
    taught(timing, 2.6, 2.6, 2.6)
    timing.say(Word(1, "a", 1000))
    title(timing, "a", 1030)
    assert timing.dues()[1].media is None


def test_lessons_spread_over_the_grain_come_to_their_middle():
    timing = tuned()
    taught(timing, 2.35, 2.4, 2.8, 2.75, 2.78, 2.85)
    assert timing.taught_ms == 2600


def test_a_jingle_s_title_belongs_to_no_word():
    timing = tuned(engine_ms=3000)
    timing.say(Word(1, "a", 1000))
    title(timing, "station ident", 1003)
    assert timing.dues()[1].media is None
    title(timing, "a", 1008)
    assert timing.dues()[1].media == pytest.approx(108 - EARLY)


@pytest.mark.parametrize("away", [EARLIEST - 1, LATEST + 1])
def test_a_title_of_another_time_the_song_was_played_is_not_taken(away: float):
    timing = tuned(engine_ms=3000)
    title(timing, "a", 1000 + away)
    title(timing, "other", 1000 + away + 1)
    timing.say(Word(1, "a", 1000))
    assert timing.dues()[1].media is None


def test_a_later_estimate_never_comes_before_an_earlier_track():
    timing = tuned(engine_ms=1000)
    timing.say(Word(1, "a", 1000))
    title(timing, "a", 1006)
    timing.say(Word(2, "b", 1003))
    timing.taught_ms = 1000
    assert at(timing, 2) == pytest.approx(at(timing, 1) + STEP)


def test_a_title_moves_an_earlier_estimate_out_of_its_way():
    timing = tuned(engine_ms=5000)
    timing.say(Word(1, "a", 1000))
    timing.say(Word(2, "b", 1001, prompt=False))
    title(timing, "b", 1003)
    dues = timing.dues()
    assert dues[2].media == pytest.approx(103 - EARLY)
    assert dues[1].wall == pytest.approx(dues[2].wall - STEP)


def test_the_same_change_said_again_changes_nothing():
    timing = tuned(engine_ms=3000)
    for _ in range(3):
        timing.say(Word(1, "a", 1000))
    assert list(timing.dues()) == [1]


def test_measuring_again_forgets_what_was_learned():
    timing = tuned(engine_ms=3000)
    taught(timing, 2.0, 2.0, 2.0)
    timing.forget_lessons()
    assert (timing.taught_ms, timing.delay) == (None, 3.0)


def test_a_title_without_a_known_grain_is_taken_for_a_usual_one():
    timing = tuned()
    timing.hear(key="a", media=103, wall=1003, run=RUN)
    timing.say(Word(1, "a", 1003, from_sound=True))
    assert at(timing, 1) == pytest.approx(1003 - GRAIN / 2 + AHEAD)


def test_an_exact_instant_is_exact_in_its_own_run_only():
    """The clock has moved by a tenth of a second since: the media time stays true, the wall clock does not."""
    due = Due(wall=1002.7, media=102.7, run=RUN)
    assert due.at(MediaClock(RUN, seconds=101.0, at=1001.1)) == 102.7
    assert due.at(MediaClock(NEXT_RUN, seconds=0.5, at=1001.2)) == pytest.approx(2.0)
    assert due.at(None) is None
    assert due.at(MediaClock(NEXT_RUN, seconds=0.5, at=1010)) == 0.0


def test_the_clock_is_read_from_statistics():
    assert clock_of(RUN, {"seconds": 100, "at": 1000.0}) == CLOCK
    assert CLOCK.media(1002.5) == 102.5
    assert CLOCK.wall(102.5) == 1002.5
    assert clock_of(RUN, {}) is None
    assert clock_of(None, {"seconds": 100, "at": 1000.0}) is None
