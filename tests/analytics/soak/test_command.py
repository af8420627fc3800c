"""``manage.py soak`` against a real encoder, and its words."""

from __future__ import annotations

import json
import os

import pytest
from django.core.management import CommandError, call_command

from analytics.soak.looking import look, rows, statistics, weigh
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.models import Encoder
from tests.factories import make_station
from tests.streaming.playout.conftest import pictures, play

__all__ = ["pictures", "play"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def on_air(play):
    """A station whose encoder runs where its node would have started it."""
    station = make_station(slug="night", wanted_on_air=True)
    folder = EncoderFolder(station.pk)
    folder.make()
    play(socket=str(folder.socket))
    Encoder.objects.update_or_create(station=station, defaults={"restarts_total": 2})
    return station


def test_a_look_sees_process_and_clock(on_air):
    (row,) = rows(["night"])
    first, second = look(row), look(row)
    assert first.pss_mb is not None
    assert first.own_mb is not None
    assert 10 < first.own_mb < first.pss_mb < 300
    assert first.descriptors is not None
    assert first.threads is not None
    assert min(first.descriptors, first.threads) > 3
    assert first.restarts == 2
    assert first.lead_ms is not None
    assert second.lead_ms is not None
    assert abs(second.lead_ms - first.lead_ms) < 500
    assert second.run == first.run


def test_it_tells_a_table_and_says_when_it_was_too_short(on_air, capsys):
    call_command("soak", "night", hours=0.002, every=2)
    said = capsys.readouterr()
    assert said.out.splitlines()[0].split()[:2] == ["station", "MB"]
    assert "Too short to judge growth and drift (it takes 30 minutes): night." in said.out
    assert said.err.count("night:") >= 3


def test_as_json(on_air, capsys):
    call_command("soak", hours=0.001, every=2, json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["within_limits"] is True
    assert [one["station"] for one in told["stations"]] == ["night"]


def test_restarts_over_the_limit_are_exit_code_one(on_air, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("soak", hours=0.001, every=2, restarts=-1)
    assert ended.value.code == 1
    assert "night: 0 restarts." in capsys.readouterr().out


def test_a_station_that_is_not_on_air_is_named(on_air):
    with pytest.raises(CommandError, match="Not on air: dawn"):
        call_command("soak", "dawn", hours=0.001)


def test_nothing_on_air_is_said_with_what_to_do(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("soak", hours=0.0003, every=1)
    assert ended.value.code == 1
    assert "No station was on air" in capsys.readouterr().out


def test_whoever_does_not_answer_is_not_there(tmp_path):
    assert statistics(tmp_path / "nobody.sock") is None
    assert weigh(2**22 - 1) is None
    here = weigh(os.getpid())
    assert here is not None
    assert here.pss_mb > 10
