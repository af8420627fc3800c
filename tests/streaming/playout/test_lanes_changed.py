"""When an operator changes sources and settings on the air: only what is different is touched."""

from __future__ import annotations

import pytest

from streaming.playout.spec import SoundSpec
from tests.streaming.playout.soundlab import backup, full_lab, playlist, radio, tone


def test_another_main_source_takes_over_from_what_is_left_of_the_old_one():
    lab = full_lab().run(4)
    lab.waves["other"] = tone(550)
    lab.mixer.set_main(radio("other"))
    lab.run(3)
    assert lab.steps == [] or lab.lanes() == ["main"]
    assert min(lab.level(t / 10, t / 10 + 0.1) for t in range(10, 70)) > -25
    assert lab.pitch(6, 7) == pytest.approx(550, abs=2)
    assert lab.sources["main"].stopped


def test_changed_settings_leave_lanes_alone_that_stay_as_they_are():
    lab = full_lab().run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(4)
    spare = lab.sources["spare"]
    lab.mixer.set_sound(SoundSpec(backups=(backup("new"), backup("spare")), return_after=3))
    lab.run(1)
    assert lab.sources["spare"] is spare
    assert not spare.stopped
    lab.run(4)
    assert lab.lanes() == ["spare", "new"]


def test_a_backup_that_is_taken_out_while_it_is_heard_gives_way_to_the_next():
    lab = full_lab().run(4)
    lab.sources["main"].fail("Gone.")
    lab.run(4)
    lab.mixer.set_sound(SoundSpec(backups=(backup("third"),), return_after=3))
    lab.run(3)
    assert lab.lanes() == ["spare", "third"]
    assert lab.sources["spare"].stopped


def test_the_pace_follows_the_lane_that_is_heard():
    lab = full_lab().run(4)
    assert lab.mixer.surplus == pytest.approx(0, abs=0.2)
    lab.sources["main"].fail("Gone.")
    lab.run(4)
    assert lab.mixer.surplus == pytest.approx(0, abs=0.2)
    lab.mixer.set_sound(SoundSpec(emergency=playlist("e")))
    lab.run(2)
    assert lab.lanes()[-1] == "emergency"
    assert lab.mixer.surplus is None
