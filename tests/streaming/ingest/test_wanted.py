"""What the node is told of a takeover, and what the encoder's word does to its row."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from streaming.asrun.services import store_facts
from streaming.ingest.models import Takeover
from streaming.ingest.queries import takeover_for
from streaming.ingest.services import begin_takeover, end_takeover
from streaming.nodes import difference
from streaming.nodes.models import EncoderRun
from streaming.nodes.spec import wanted_for
from tests.factories import make_slate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("switched_on")]


def test_the_presenter_who_publishes_is_wanted_on_air(station, ayu, settings):
    assert takeover_for(station) is None
    takeover = begin_takeover(key=ayu[1], client_id="1")

    wanted = takeover_for(station)

    url = f"{settings.INGEST.pull_url}/{takeover.stream}"
    assert wanted == {"id": str(takeover.pk), "name": "Ayu", "url": url}
    assert ayu[1] not in str(wanted)
    end_takeover(takeover=takeover, end=Takeover.End.STOPPED)
    assert takeover_for(station) is None


def test_nobody_is_wanted_while_takeovers_are_off(station, ayu, settings, switched_on):
    from dataclasses import replace

    begin_takeover(key=ayu[1], client_id="1")
    settings.INGEST = replace(switched_on, url="")
    assert takeover_for(station) is None


def test_a_takeover_is_a_command_and_restarts_nothing(station, ayu):
    make_slate(station.profile)
    before, _ = wanted_for(station)
    begin_takeover(key=ayu[1], client_id="1")
    after, _ = wanted_for(station)

    assert not difference.needs_restart(before, after)
    assert difference.commands(before, after) == [{"do": "takeover", "takeover": after.takeover, "id": "takeover"}]
    assert difference.commands(after, before) == [{"do": "takeover", "takeover": None, "id": "takeover"}]


def told(station, *facts):
    run = EncoderRun.objects.create(station=station)
    at = timezone.now().timestamp()
    return store_facts(
        run=run.pk, facts=[{"event": "takeover", "seq": n, "at": at, **f} for n, f in enumerate(facts, 1)]
    )


def test_the_encoders_facts_are_kept(station, ayu):
    takeover = begin_takeover(key=ayu[1], client_id="1")
    told(station, {"id": str(takeover.pk), "state": "on_air", "copied": False, "reason": ""})
    takeover.refresh_from_db()
    assert (takeover.copied, takeover.ended_at) == (False, None)
    assert takeover.on_air_at is not None

    told(station, {"id": str(takeover.pk), "state": "ended", "end": "stalled", "copied": False, "reason": "Nothing."})
    takeover.refresh_from_db()
    assert takeover.end == Takeover.End.STALLED


@pytest.mark.parametrize(
    "fact",
    [
        {"id": "no uuid", "state": "on_air"},
        {"state": "ended", "end": "stopped"},
        {"id": str(uuid.uuid4()), "state": "ended"},
        {"id": str(uuid.uuid4()), "state": "ended", "end": "nonsense"},
        {"id": str(uuid.uuid4()), "state": "on_air", "copied": "yes"},
    ],
)
def test_facts_that_make_no_sense_change_nothing_and_hold_up_nothing(station, ayu, fact):
    takeover = begin_takeover(key=ayu[1], client_id="1")
    assert told(station, fact, {"id": str(takeover.pk), "state": "on_air", "copied": True}).facts == 2
    takeover.refresh_from_db()
    assert (takeover.copied, takeover.ended_at) == (True, None)
