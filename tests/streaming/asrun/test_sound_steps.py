"""Each step of the sound is kept once, counted, told to operators and listeners, and to Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from streaming.asrun.models import Airing, ErrorEntry, SoundStep
from streaming.asrun.services import store_facts
from streaming.asrun.sound_words import for_listeners, told
from streaming.live.queries import station_snapshot
from streaming.nodes import heartbeat
from streaming.nodes.board import Status
from streaming.nodes.machine import State
from streaming.nodes.models import Encoder, EncoderRun, Node
from streaming.stations.queries import station_status
from tests.factories import make_airing, make_station

pytestmark = pytest.mark.django_db
AT = 1_777_636_800.0
REASON = "The main source is lost: The radio stopped sending."


@pytest.fixture
def station():
    made = make_station(state=Encoder.State.RUNNING, wanted_on_air=True)
    Encoder.objects.filter(station=made).update(started_at=timezone.now() - timedelta(hours=1), source_up=True)
    return made


@pytest.fixture
def run(station):
    return EncoderRun.objects.create(station=station, pid=7)


def step(sequence, lane, name="", reason=REASON, **more):
    return {
        "event": "sound",
        "seq": sequence,
        "at": AT,
        "lane": lane,
        "id": "x",
        "name": name,
        "reason": reason,
        **more,
    }


def test_a_step_is_a_row_at_the_moment_it_goes_out_and_is_counted(station, run):
    facts = [step(1, "backup", "Spare", heard_at=AT + 2), step(2, "main", reason="There again.")]
    for _ in range(2):
        stored = store_facts(run=run.pk, facts=facts)
    assert stored.sequence == 2
    rows = list(SoundStep.objects.filter(station=station).order_by("sequence"))
    assert [(r.lane, r.name, r.reason) for r in rows] == [("backup", "Spare", REASON), ("main", "", "There again.")]
    assert rows[0].at == datetime.fromtimestamp(AT + 2, tz=UTC)
    assert station.encoder.__class__.objects.get(station=station).lane_steps_total == {"backup": 1, "main": 1}


def test_new_steps_are_told_to_whoever_stores_them(run):
    assert store_facts(run=run.pk, facts=[step(1, "backup")]).steps == 1
    assert store_facts(run=run.pk, facts=[step(1, "backup")]).steps == 0


def test_what_was_on_air_when_its_sound_was_lost_is_marked(station, run):
    airing = make_airing(station, minutes_ago=1_000_000)
    store_facts(run=run.pk, facts=[step(1, "silence")])
    airing.refresh_from_db()
    assert airing.had_errors
    assert airing.error_message == REASON


def test_coming_back_marks_nothing(station, run):
    make_airing(station, minutes_ago=1_000_000)
    store_facts(run=run.pk, facts=[step(1, "main"), step(2, "takeover", "Ana")])
    assert not Airing.objects.get(station=station).had_errors


@pytest.mark.parametrize("lane", ["", "cellar", None, 7])
def test_a_lane_that_nobody_knows_is_kept_as_an_error_and_holds_up_nothing(station, run, lane):
    store_facts(run=run.pk, facts=[step(1, lane), step(2, "main")])
    assert ErrorEntry.objects.get(station=station).service == "playout"
    assert SoundStep.objects.get(station=station).lane == "main"


def test_a_name_too_long_or_with_nul_is_cut_and_cleaned(station, run):
    store_facts(run=run.pk, facts=[step(1, "backup", "a\0" * 200)])
    assert SoundStep.objects.get(station=station).name == "a" * 120


def test_sentences_for_operators():
    since = timezone.now() - timedelta(minutes=5)
    clock = timezone.localtime(since).strftime("%H:%M")
    assert told("backup", "Spare", since) == f"Main source lost, playing the backup “Spare” since {clock}."
    assert told("emergency", "", None) == "Main source lost, playing the emergency playlist."
    assert told("main", "", None) == "The main source plays."
    assert told("takeover", "Ana", None) == "The presenter Ana plays."
    assert told("", "", None) == ""


def test_listeners_are_told_only_what_concerns_them():
    assert for_listeners("main") == for_listeners("takeover") == for_listeners("") == ""
    assert "spare source" in for_listeners("backup")


def test_the_snapshot_tells_where_the_sound_comes_from(station, run):
    store_facts(run=run.pk, facts=[step(1, "emergency")])
    sound = station_snapshot(station)["sound"]
    assert sound["lane"] == "emergency"
    assert "own list" in sound["words"]


def test_the_console_says_what_plays_since_when_and_why(station, run, operator):
    store_facts(run=run.pk, facts=[step(1, "backup", "Spare")])
    Encoder.objects.filter(station=station).update(seen_at=timezone.now() + timedelta(hours=1))
    page = operator.get(reverse("admin:index")).content.decode()
    assert "Main source lost, playing the backup “Spare” since" in page
    assert "The radio stopped sending." in page
    own = operator.get(reverse("admin:streaming_station_change", args=[station.pk])).content.decode()
    assert "Momentary (0.4 s)" in own
    steps = operator.get(reverse("admin:streaming_soundstep_changelist"))
    assert "The backup “Spare”" in steps.content.decode()


@pytest.mark.parametrize("running", [True, False])
def test_a_heartbeat_writes_lane_and_loudness_of_an_encoder_that_runs(station, run, running):
    node = Node.objects.create(name="here")
    Encoder.objects.filter(station=station).update(node=node, lease_until=timezone.now() + timedelta(minutes=1))
    status = Status(
        state=State.RUNNING,
        pid=7 if running else None,
        run=run.pk,
        statistics={
            "frame": 1,
            "source": {"up": True, "delay_ms": 2900},
            "lane": {"lane": "backup", "id": "b", "name": "Spa\0re"},
            "loudness": {
                "momentary": -13.5,
                "short_term": None,
                "integrated": -14.0,
                "true_peak": -1.2,
                "gain_db": 2.5,
            },
        },
    )
    assert heartbeat.beat(station=station.pk, node=node, status=status, usage=(1.0, 2.0), restarts=0)
    encoder = Encoder.objects.get(station=station)
    found = (encoder.lane, encoder.lane_name, encoder.delay_ms, encoder.momentary_lufs, encoder.gain_db)
    assert found == (("backup", "Spare", 2900, -13.5, 2.5) if running else ("", "", 0, None, 0.0))
    assert encoder.short_term_lufs is None


def test_the_status_tells_scripts_where_the_sound_comes_from(station, run):
    store_facts(run=run.pk, facts=[step(1, "backup", "Spare")])
    sound = station_status(station)["sound"]
    assert (sound["lane"], sound["name"]) == ("backup", "Spare")


@pytest.mark.django_db(transaction=True)
def test_prometheus_sees_lane_steps_and_loudness(station, run):
    store_facts(run=run.pk, facts=[step(1, "backup", "Spare")])
    Encoder.objects.filter(station=station).update(momentary_lufs=-13.5, true_peak_db=-1.0, gain_db=2.0)
    text = Client().get("/metrics").content.decode()
    slug = station.slug
    assert f'radio_sound_lane{{lane="backup",station="{slug}"}} 1.0' in text
    assert f'radio_sound_lane{{lane="main",station="{slug}"}} 0.0' in text
    assert f'radio_sound_steps_total{{lane="backup",station="{slug}"}} 1.0' in text
    assert f'radio_loudness_momentary_lufs{{station="{slug}"}} -13.5' in text
    assert f'radio_true_peak_dbtp{{station="{slug}"}} -1.0' in text
    assert f'radio_gain_db{{station="{slug}"}} 2.0' in text
    assert f'radio_loudness_integrated_lufs{{station="{slug}"}}' not in text
