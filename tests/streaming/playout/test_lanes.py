"""When the sound goes wrong: from the main source to backups, the emergency playlist, silence, and back."""

from __future__ import annotations

import numpy as np
import pytest

from streaming.playout.spec import SilenceRule, SoundSpec
from tests.streaming.playout.soundlab import Lab, backup, full_lab, guest, playlist, tone


def test_the_main_source_is_heard_and_no_backup_is_connected():
    lab = full_lab().run(5)
    assert lab.made == ["main"]
    assert lab.steps == []
    assert lab.pitch(2, 5) == pytest.approx(440, abs=2)


def test_a_hiccup_that_the_buffer_covers_changes_nothing():
    lab = full_lab().run(4)
    lab.sources["main"].flowing = False
    lab.run(0.85)
    lab.sources["main"].flowing = True
    lab.sources["main"].owed = 0.85
    lab.run(4)
    assert lab.steps == []
    assert min(lab.level(t / 10, t / 10 + 0.1) for t in range(10, 85)) > -25


def test_a_lost_main_source_gives_way_to_the_backup_without_a_break():
    lab = full_lab().run(4)
    lab.sources["main"].fail("The radio stopped sending.")
    lab.run(4)
    [(at, lane, reason)] = lab.steps
    assert (lane, reason) == ("spare", "The main source is lost: The radio stopped sending.")
    assert at - 4 < 2.0
    assert lab.pitch(6, 8) == pytest.approx(660, abs=2)


def test_no_click_where_one_lane_gives_way_to_another():
    lab = full_lab().run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(3)
    steepest = 10 ** (-20 / 20) * 2 * np.pi * 660 / 48_000
    assert np.abs(np.diff(lab.samples)).max() < 1.6 * steepest


def test_backups_are_tried_by_priority_and_the_emergency_playlist_comes_last():
    lab = full_lab()
    lab.flowing = {"spare": False, "third": False}
    lab.run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(0.7)
    lab.sources["spare"].fail("The radio answers HTTP 500.")
    lab.run(3)
    assert lab.lanes()[-1] == "emergency"
    assert lab.steps[0][0] - 4 <= 2.0
    assert "The backup Spare: The radio answers HTTP 500." in lab.warnings


def test_a_better_backup_that_comes_back_wins_over_the_emergency_playlist_after_a_while():
    lab = full_lab()
    lab.flowing = {"spare": False, "third": False}
    lab.run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(4)
    lab.sources["third"].flowing = True
    lab.run(3)
    assert lab.lanes() == ["emergency", "third"]
    lab.sources["third"].fail("Gone.")
    lab.run(3)
    lab.sources["third"].flowing = True
    lab.run(2.5)
    assert lab.lanes() == ["emergency", "third", "emergency"]
    lab.run(4)
    assert lab.lanes() == ["emergency", "third", "emergency", "third"]


def test_the_main_source_is_returned_to_only_after_it_was_good_for_a_while_without_a_break():
    lab = full_lab().run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(4)
    main = lab.sources["main"]
    for _ in range(3):
        main.flowing = True
        lab.run(2.5)
        main.fail("Gone again.")
        lab.run(2)
    assert lab.lanes() == ["spare"]
    main.flowing = True
    back = lab.seconds
    lab.run(8)
    assert lab.lanes() == ["spare", "main"]
    assert 3.0 <= lab.steps[-1][0] - back <= 5.5
    assert lab.steps[-1][2] == "The main source is there again."


def test_a_backup_that_fails_gives_way_to_a_main_source_that_has_just_come_back():
    lab = full_lab().run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(4)
    lab.sources["main"].flowing = True
    lab.run(2)
    lab.sources["spare"].fail("Gone too.")
    lab.run(2)
    assert lab.lanes() == ["spare", "main"]


def test_without_anything_else_there_is_silence_and_the_main_source_returns_at_once():
    lab = full_lab(SoundSpec(return_after=60)).run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(4)
    assert lab.lanes() == ["silence"]
    assert lab.level(7, 8) < -100
    lab.sources["main"].flowing = True
    lab.run(2)
    assert lab.lanes() == ["silence", "main"]


def test_a_main_source_that_never_answers_is_waited_for_before_something_else_is_played():
    lab = full_lab()
    lab.flowing = {"main": False}
    lab.run(3.5)
    assert lab.steps == []
    lab.run(3)
    assert lab.lanes() == ["spare"]


def test_a_main_source_that_refuses_at_once_is_not_waited_for():
    lab = full_lab()
    lab.flowing = {"main": False}
    lab.run(0.1)
    lab.sources["main"].fail("The radio has no stream at this address (HTTP 404).")
    lab.run(2)
    assert lab.lanes() == ["spare"]
    assert lab.steps[0][0] <= 2.0


def test_backups_are_let_go_some_time_after_the_main_source_is_back():
    lab = full_lab().run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(4)
    lab.sources["main"].flowing = True
    lab.run(8)
    early = lab.sources["spare"].stopped
    lab.run(17)
    assert (early, lab.sources["spare"].stopped) == (False, True)
    assert lab.made.count("main") == 1


def test_titles_are_told_only_of_the_lane_that_is_heard_and_told_when_it_is_heard_again():
    lab = full_lab().run(4)
    lab.sources["main"].title("Main - One")
    lab.run(2)
    lab.sources["main"].fail("Gone.")
    lab.run(3)
    lab.sources["spare"].title("Spare - One")
    lab.run(1.5)
    lab.sources["main"].flowing = True
    lab.run(2)
    lab.sources["main"].title("Main - Two")
    lab.run(2)
    assert lab.lanes() == ["spare", "main"]
    lab.run(2)
    assert lab.titles == ["Main - One", "Spare - One", "Main - Two"]


def test_an_emergency_playlist_goes_on_after_the_track_it_was_left_at():
    lab = full_lab(SoundSpec(emergency=playlist("a", "b", "c"), return_after=1)).run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(0.9)
    lab.sources["emergency"].move(playlist("a").entries[0])
    lab.run(4)
    assert ("a", True) in lab.moves
    lab.sources["main"].flowing = True
    lab.run(22)
    assert lab.sources["emergency"].stopped
    assert [entry.id for entry in lab.sources["emergency"].lane.beginning.entries] == ["b", "c", "a"]


def test_the_same_emergency_track_is_announced_each_time_it_is_heard_from_its_beginning():
    lab = full_lab(SoundSpec(emergency=playlist("a"), return_after=1)).run(4)
    for pause in (5, 20):
        lab.sources["main"].fail("Gone.")
        lab.run(0.9)
        lab.sources["emergency"].move(playlist("a").entries[0])
        lab.run(4)
        lab.sources["main"].flowing = True
        lab.run(pause)
    lab.sources["main"].fail("Gone.")
    lab.run(0.9)
    lab.sources["emergency"].move(playlist("a").entries[0])
    lab.run(4)
    assert lab.lanes() == ["emergency", "main"] * 2 + ["emergency"]
    assert [move for move in lab.moves if move[1]] == [("a", True)] * 3


def test_silence_is_reported_once_and_so_is_its_end():
    lab = full_lab().run(4)
    lab.sources["main"].wave = lambda _: np.zeros(1024)
    lab.run(40)
    assert lab.steps == []
    assert lab.warnings == ["The main source has been silent for 20 seconds."]
    lab.sources["main"].wave = tone(440)
    lab.run(3)
    assert lab.warnings[1:] == ["The main source is not silent any more."]


def test_silence_counts_as_loss_where_the_operator_says_so_and_the_source_goes_on_being_measured():
    lab = full_lab(SoundSpec(backups=(backup("spare"),), silence=SilenceRule(-50, 5), return_after=3)).run(4)
    lab.sources["main"].wave = lambda _: np.zeros(1024)
    lab.run(12)
    assert lab.lanes() == ["spare"]
    assert lab.steps[0][2] == "The main source has been silent for 5 seconds."
    lab.run(5)
    lab.sources["main"].wave = tone(440)
    back = lab.seconds
    lab.run(6)
    assert lab.lanes() == ["spare", "main"]
    assert 3 <= lab.steps[-1][0] - back <= 5.5


def test_a_silent_main_source_is_kept_where_there_is_nothing_better_than_silence():
    lab = full_lab(SoundSpec(silence=SilenceRule(-50, 5))).run(4)
    lab.sources["main"].wave = lambda _: np.zeros(1024)
    lab.run(12)
    assert lab.steps == []


def test_a_playlist_whose_track_is_silent_is_measured_on_and_returned_to():
    sound = SoundSpec(emergency=playlist("e"), silence=SilenceRule(-50, 5), return_after=2)
    lab = Lab(playlist("x"), sound)
    lab.waves = {"main": tone(440), "emergency": tone(1100)}
    lab.run(4)
    lab.sources["main"].wave = lambda _: np.zeros(1024)
    lab.run(12)
    assert lab.lanes() == ["emergency"]
    lab.sources["main"].wave = tone(440)
    lab.run(8)
    assert lab.lanes() == ["emergency", "main"]


def test_a_presenter_is_above_all_and_the_main_source_is_there_the_moment_they_stop():
    lab = full_lab().run(4)
    lab.mixer.set_takeover(guest(lab, "ana"))
    lab.run(3)
    assert lab.lanes() == ["ana"]
    assert lab.pitch(6, 7) == pytest.approx(880, abs=2)
    lab.sources["ana"].fail("The presenter's stream ended.")
    lab.run(3)
    assert lab.lanes() == ["ana", "main"]
    assert min(lab.level(t / 10, t / 10 + 0.1) for t in range(40, 100)) > -25
    lab.mixer.set_takeover(None)
    lab.run(1)
    assert lab.lanes() == ["ana", "main"]


def test_a_takeover_that_is_ended_by_command_ends_at_once():
    lab = full_lab().run(4)
    lab.mixer.set_takeover(guest(lab, "ana"))
    lab.run(3)
    lab.mixer.set_takeover(None)
    lab.run(0.1)
    assert lab.lanes() == ["ana", "main"]
    assert lab.steps[-1][2] == "The presenter Ana was taken off."
