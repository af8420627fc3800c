"""The start page: what is on air, is it well, what needs me; and the first steps of a new operator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.models import Rendition
from streaming.asrun.models import ErrorEntry
from streaming.console import first_steps, needs, overview
from streaming.nodes.models import Encoder, Node
from streaming.outputs.models import Destination
from streaming.sources.models import TrackChange
from tests.factories import make_airing, make_loop, make_station

pytestmark = pytest.mark.django_db


def on_air(slug="night-fm", **facts):
    station = make_station(slug, state=Encoder.State.RUNNING, wanted_on_air=True, default_loop=make_loop())
    Encoder.objects.filter(pk=station.pk).update(
        **{"seen_at": timezone.now(), "started_at": timezone.now(), "source_up": True, **facts}
    )
    return station


def node():
    return Node.objects.create(name="one", seen_at=timezone.now())


def found():
    now = timezone.now()
    return needs.of_all(overview.stations_now(now), Node.objects.all(), Rendition.objects.filter(status="failed"), now)


def steps():
    return {step.words: step.is_done for step in first_steps.steps()}


def test_nothing_needs_the_operator_when_all_is_well(operator):
    node()
    make_airing(on_air())
    page = operator.get(reverse("admin:index")).content.decode()
    assert found() == []
    assert "Sleep well" in page
    assert "1 of 1 station" in page
    assert "Ana – Blue" in page


@pytest.mark.parametrize(
    ("facts", "words", "tone"),
    [
        ({"source_up": False, "source_error": "The mount is gone."}, "sends silence", "warn"),
        ({"seen_at": timezone.now() - timedelta(minutes=5)}, "nobody watches it", "warn"),
        ({"state": Encoder.State.FAILED, "last_lines": "one\nno picture"}, "It said last: no picture", "fail"),
    ],
)
def test_what_is_wrong_with_a_station_is_said(facts, words, tone):
    node()
    on_air(**facts)
    assert [need.tone for need in found()] == [tone]
    assert words in found()[0].sentence


def test_a_destination_that_is_not_reached_is_said_in_its_own_words():
    node()
    Destination.objects.create(
        station=on_air(), name="YouTube", url="rtmp://x/y", last_error="YouTube refused the key."
    )
    assert found()[0].sentence == "Night Fm does not reach YouTube. YouTube refused the key."


def test_a_destination_that_is_left_out_needs_nobody():
    node()
    Destination.objects.create(station=on_air(), name="YouTube", url="rtmp://x/y", enabled=False)
    assert found() == []


def test_no_running_node_is_said_once_however_many_stations_there_are():
    on_air("one")
    on_air("two")
    assert [need.sentence[:12] for need in found()] == ["No node runs"]


def test_a_failed_rendition_and_a_missing_default_loop_are_said():
    node()
    station = on_air()
    station.default_loop = None
    station.save()
    Rendition.objects.create(
        loop=make_loop("Snow"),
        profile=station.profile,
        content_key="k",
        status="failed",
        reason="It is cut off.",
    )
    told = " ".join(need.sentence for need in found())
    assert "no default loop" in told
    assert "“Snow” could not be compiled for 720p30. It is cut off." in told


def test_the_most_pressing_need_comes_first():
    node()
    on_air("quiet", source_up=False)
    on_air("broken", state=Encoder.State.FAILED)
    assert [need.tone for need in found()] == ["fail", "warn"]


def test_the_same_error_is_shown_once_with_how_often_it_was_said(operator):
    station = on_air()
    for minute in range(3):
        moment = timezone.now() - timedelta(minutes=minute)
        ErrorEntry.objects.create(station=station, timestamp=moment, service="x", severity="error", message="Refused.")
    assert [complaint.times for complaint in overview.newest_complaints()] == [3]
    assert "3 times" in operator.get(reverse("admin:console_now")).content.decode()


def test_the_first_steps_are_ticked_from_the_data():
    assert not any(steps().values())
    station = make_station(source_kind="azuracast")
    assert steps()["Add your station"]
    station.default_loop = make_loop()
    station.save()
    Destination.objects.create(station=station, name="YouTube", url="rtmp://x/y")
    assert [words for words, is_done in steps().items() if not is_done] == ["Start it", "Connect AzuraCast's webhook"]


def test_the_first_steps_go_away_when_all_are_done(operator):
    station = make_station(source_kind="azuracast", default_loop=make_loop(), wanted_on_air=True)
    Destination.objects.create(station=station, name="YouTube", url="rtmp://x/y")
    assert "First steps" in operator.get(reverse("admin:index")).content.decode()
    TrackChange.objects.create(
        station=station,
        dedupe_key="sh:1",
        origin="webhook",
        track_key="k",
        started_at=timezone.now(),
    )
    assert steps() == {}
    assert "First steps" not in operator.get(reverse("admin:index")).content.decode()


def test_the_station_that_came_along_ticks_nothing():
    make_station("demo", wanted_on_air=True, default_loop=make_loop("Drift", builtin="demo-drift"))
    assert not any(steps().values())


def test_the_start_page_asks_as_little_for_ten_stations_as_for_one(operator, django_assert_max_num_queries):
    node()
    for number in range(10):
        make_airing(on_air(f"station-{number}"))
    operator.get(reverse("admin:console_now"))  # a session's first request also writes down where it came from
    with django_assert_max_num_queries(20):
        operator.get(reverse("admin:console_now"))
