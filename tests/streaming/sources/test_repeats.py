"""Several ways report one programme; a play is one change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from streaming.sources.models import Said
from streaming.sources.repeats import repeated

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def said(song: str, seconds: float, origin: str = "icy", play: str = "", *, length: int = 0, number: int = 0) -> Said:
    return Said(
        id=number,
        dedupe_key=play or f"at:{seconds}:{song}",
        origin=origin,
        track_key=song,
        title=song,
        started_at=NOON + timedelta(seconds=seconds),
        duration_ms=length * 1000,
    )


def is_repeat(report: Said, *earlier: Said) -> bool:
    """Tell whether ``report`` is a repeat after ``earlier``, which are in order of time."""
    return repeated(report, list(reversed(earlier))) is not None


def test_the_first_word_of_a_station_is_new():
    assert not is_repeat(said("a", 0))


def test_a_named_play_is_known_by_its_name_alone():
    play = said("a", 0, "webhook", "sh:1")
    assert is_repeat(said("a", 9000, "poll", "sh:1"), play, said("b", 200, "webhook", "sh:2"))
    assert not is_repeat(said("a", 1, "webhook", "sh:2"), play)


def test_a_title_in_the_sound_repeats_what_the_webhook_said_before():
    assert is_repeat(said("a", 12), said("a", 0, "webhook", "sh:1", length=180))


def test_a_webhook_late_by_a_poll_repeats_what_the_sound_said_before():
    assert is_repeat(said("a", 12, "poll", "sh:1", length=180), said("a", 2))


def test_sound_that_lags_behind_does_not_bring_the_last_song_back():
    webhooks = said("a", 0, "webhook", "sh:1", length=180), said("b", 180, "webhook", "sh:2", length=200)
    assert is_repeat(said("a", 183), *webhooks)
    assert is_repeat(said("b", 186), *webhooks)


def test_a_status_page_and_the_sound_make_one_change():
    assert is_repeat(said("a", 5, "status"), said("a", 0, "icy"))
    assert is_repeat(said("a", 5, "icy"), said("a", 0, "status"))


def test_a_song_that_comes_back_after_a_jingle_is_a_change():
    assert not is_repeat(said("a", 40), said("a", 0), said("jingle", 30))


def test_both_ways_may_report_the_comeback():
    history = said("a", 0), said("a", 4, "status"), said("jingle", 30), said("a", 40)
    assert is_repeat(said("a", 44, "status"), *(history[0], history[2], history[3]))


def test_a_title_that_stands_is_not_reported_anew_by_a_second_look():
    assert is_repeat(said("live show", 600), said("live show", 0))


def test_a_song_without_a_known_length_may_come_again_after_a_quarter_of_an_hour():
    assert not is_repeat(said("a", 15 * 60 + 1), said("a", 0))


def test_a_song_of_known_length_may_come_again_when_it_is_over():
    assert not is_repeat(said("a", 211), said("a", 0, "webhook", "sh:1", length=180))
    assert is_repeat(said("a", 209), said("a", 0, "webhook", "sh:1", length=180))


def test_songs_without_letters_are_told_apart_by_their_titles():
    one, other = said("", 0)._replace(title="!!!"), said("", 5, "status")._replace(title="???")
    assert not is_repeat(other, one)
    assert is_repeat(one._replace(origin="status", dedupe_key="at:5:x"), one)
