"""What grows is found, noise is not, and a restart begins anew."""

from __future__ import annotations

import random

import pytest

from analytics.soak.slopes import HOUR, Limits, Look, judge, slope


def _look(at, *, run="a", own=80.0, files=40, lead=0.0, restarts=0, reconnects=0, dropped=0):
    return Look(at, run, restarts, reconnects, dropped, own + 20, own, files, 12, lead)


def _hours(hours, **how):
    """A look a minute; ``how`` maps names to what they are after so many seconds."""
    return [_look(at, **{name: say(at) for name, say in how.items()}) for at in range(0, int(hours * HOUR) + 1, 60)]


def test_a_slope_is_that_of_least_squares():
    assert slope([(0, 1.0), (1, 3.0), (2, 5.0)]) == pytest.approx(2.0)
    assert slope([(0, 1.0), (1, 3.0)]) is None
    assert slope([(5, 1.0), (5, 2.0), (5, 3.0)]) is None


def test_what_leaks_two_megabytes_an_hour_is_over_the_limit():
    dice = random.Random(1)
    verdict = judge("night", _hours(3, own=lambda at: 80 + 2 * at / HOUR + dice.uniform(-0.5, 0.5)), Limits())
    assert verdict.memory_mb_per_hour == pytest.approx(2.0, abs=0.3)
    assert verdict.over == (f"memory {verdict.memory_mb_per_hour:.1f} MB an hour",)


def test_what_comes_and_goes_is_no_growth_and_hides_none():
    dice = random.Random(2)

    def coding(size):
        """A process that codes a transition is there, or it is not."""
        return size * dice.choice([0, 1])

    steady = judge("night", _hours(1, own=lambda _: 50 + coding(40), files=lambda _: 11 + coding(3)), Limits())
    assert steady.memory_mb_per_hour == pytest.approx(0)
    assert steady.over == ()
    leaking = judge("night", _hours(1, own=lambda at: 50 + 3 * at / HOUR + coding(40)), Limits())
    assert leaking.memory_mb_per_hour == pytest.approx(3, abs=0.5)


def test_what_grows_only_while_it_starts_is_within():
    verdict = judge("night", _hours(3, own=lambda at: 80 + min(at, 600) / 30), Limits())
    assert verdict.memory_mb_per_hour == pytest.approx(0.0, abs=0.1)
    assert verdict.over == ()


def test_descriptors_drift_and_restarts_are_found_too():
    looks = _hours(2, files=lambda at: 40 + int(at // 1200), lead=lambda at: -700 * at / HOUR)
    looks[-1] = _look(looks[-1].at, files=46, lead=-1400, restarts=1)
    assert [one.split()[0] for one in judge("night", looks, Limits()).over] == ["1", "open", "drift"]


def test_media_time_that_is_told_late_is_no_drift():
    dice = random.Random(3)
    verdict = judge("night", _hours(1, lead=lambda _: -dice.choice([0, 0, 170, 900])), Limits())
    assert verdict.drift_ms_per_hour == pytest.approx(0)
    assert verdict.over == ()


def test_slopes_are_of_the_last_life_and_counts_of_the_whole_time():
    first = [_look(at, run="a", own=80 + at / 10, reconnects=1, dropped=60) for at in range(0, 3600, 60)]
    second = [_look(at, run="b", own=70, restarts=1, reconnects=3, dropped=180) for at in range(3600, 9000, 60)]
    verdict = judge("night", first + second, Limits(restarts=1))
    assert verdict.memory_mb_per_hour == pytest.approx(0)
    assert (verdict.restarts, verdict.reconnects, verdict.dropped) == (1, 2, 120)
    assert verdict.seconds == 5340
    assert verdict.over == ()


def test_minutes_are_shown_and_not_judged():
    verdict = judge("night", _hours(0.2, own=lambda at: 80 + at / 10), Limits())
    assert verdict.memory_mb_per_hour == pytest.approx(360)
    assert verdict.over == ()


def test_an_encoder_elsewhere_has_counts_and_no_slopes():
    looks = [Look(at, "a", 0, number, 0) for number, at in enumerate(range(0, 7200, 60))]
    verdict = judge("night", looks, Limits())
    assert (verdict.memory_mb, verdict.memory_mb_per_hour, verdict.drift_ms_per_hour) == (None, None, None)
    assert verdict.reconnects == len(looks) - 1
