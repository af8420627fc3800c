"""What people with a role at one station find in the console: that station, and no other."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Loop
from streaming.cues.models import TrackMapping
from streaming.nodes.models import Encoder
from streaming.outputs.models import Destination
from tests.factories import enter
from tests.security.cast import cast
from tests.security.house import furnish

__all__ = ["cast"]

OF_STATION = (
    "destination", "trackmapping", "presenterkey", "takeover", "airing", "alert", "cue", "encoder", "encoderrun",
    "errorentry", "recording", "soundstep", "titledesign", "trackchange", "platformplan", "station",
)  # fmt: skip


@pytest.fixture
def houses(cast):
    """The rows of the cast's station, and of one where nobody has a role."""
    return furnish(cast), furnish(cast, cast.elsewhere)


def browser(person) -> Client:
    return enter(Client(), person)


def url(page: str, *args: object) -> str:
    return reverse(f"admin:streaming_{page}", args=args)


@pytest.mark.parametrize("name", OF_STATION)
def test_a_list_shows_the_stations_own_rows(cast, houses, name):
    page = browser(cast["operator"]).get(url(f"{name}_changelist"))

    assert page.status_code == 200
    listed = {row.pk for row in page.context["cl"].result_list}
    assert houses[0][f"streaming.{name}"].pk in listed
    assert houses[1][f"streaming.{name}"].pk not in listed
    assert "Day Fm" not in page.content.decode()


@pytest.mark.parametrize("name", OF_STATION)
def test_another_stations_row_is_not_found(cast, houses, name):
    foreign = browser(cast["operator"]).get(url(f"{name}_change", houses[1][f"streaming.{name}"].pk))
    absent = browser(cast["operator"]).get(url(f"{name}_change", uuid.uuid4() if name != "airing" else 999_999))

    assert foreign.status_code in {302, 403}
    assert foreign.status_code == absent.status_code
    assert foreign.headers.get("Location") == absent.headers.get("Location")


@pytest.mark.parametrize(
    ("action", "label"),
    [
        ("station_start", "station"),
        ("station_release", "station"),
        ("station_test_source", "station"),
        ("destination_resume", "destination"),
        ("destination_test", "destination"),
        ("presenterkey_revoke", "presenterkey"),
        ("takeover_end", "takeover"),
        ("recording_remove", "recording"),
    ],
)
def test_no_button_works_on_another_stations_row(cast, houses, action, label):
    operator = browser(cast["operator"])

    assert operator.post(url(action, houses[1][f"streaming.{label}"].pk)).status_code == 404
    assert operator.post(url(action, houses[0][f"streaming.{label}"].pk)).status_code in {200, 302}


@pytest.mark.parametrize(
    "page", ["station_sync", "station_sync_now", "titledesign_preview"], ids=lambda page: page.partition("_")[2]
)
def test_pages_beside_a_station_are_not_found_for_another(cast, houses, page):
    editor = browser(cast["editor"])

    assert editor.get(url(page, cast.elsewhere.pk)).status_code == 404
    assert editor.get(url(page, cast.station.pk)).status_code in {200, 422}


def test_a_destination_cannot_be_added_to_another_station(cast):
    operator = browser(cast["operator"])
    form = {"station": cast.elsewhere.pk, "place": "youtube", "key": "abcd-efgh-ijkl", "backup": "off", "segment_s": ""}

    page = operator.post(url("destination_add"), form)

    assert "Select a valid choice" in page.content.decode()
    assert not Destination.objects.filter(station=cast.elsewhere).exists()


def test_bulk_work_leaves_other_stations_rows_alone(cast, houses):
    chosen = [row["streaming.trackmapping"].pk for row in houses]
    data = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}

    browser(cast["editor"]).post(url("trackmapping_changelist"), data)

    assert list(TrackMapping.objects.filter(pk__in=chosen).values_list("pk", flat=True)) == [chosen[1]]


def test_an_editor_tags_only_the_loops_they_sent(cast, houses):
    other = houses[0]["catalog.loop"]
    Loop.objects.filter(pk=other.pk).update(uploaded_by=cast["operator"])
    own = houses[1]["catalog.loop"]
    data = {"action": "add_tags", "_selected_action": [other.pk, own.pk], "answered": "1", "tags": "sea"}

    browser(cast["editor"]).post(reverse("admin:catalog_loop_changelist"), data)

    assert Loop.objects.get(pk=own.pk).tags == ["sea"]
    assert Loop.objects.get(pk=other.pk).tags == []


def test_the_start_page_tells_of_ones_own_station_alone(cast, houses):
    Encoder.objects.update(state=Encoder.State.FAILED, last_lines="It broke.")
    for page in (reverse("admin:index"), reverse("admin:console_now"), reverse("admin:console_station_cells")):
        told = browser(cast["operator"]).get(page).content.decode()
        assert str(cast.station.pk) in told, page
        assert str(cast.elsewhere.pk) not in told, page
        assert "Day Fm" not in told, page


def test_an_editor_is_told_nothing_of_destinations(cast, houses):
    page = browser(cast["editor"]).get(url("station_change", cast.station.pk)).content.decode()

    assert houses[0]["streaming.destination"].name not in page
    assert "Webhook" not in page


def test_an_operator_is_offered_no_machines(cast):
    page = browser(cast["operator"]).get(url("station_change", cast.station.pk)).content.decode()

    assert "pinned_node" not in page
    assert "pinned_node" in browser(cast["manager"]).get(url("station_change", cast.station.pk)).content.decode()


def test_who_may_do_what_is_a_page(cast):
    page = browser(cast["editor"]).get(reverse("who-may-what"))

    assert page.status_code == 200
    assert "Start, stop and set up a station" in page.content.decode()


def test_nobody_is_offered_what_they_may_not_do(cast):
    start, add = url("station_start", cast.station.pk), url("station_add")
    told = {name: browser(cast[name]).get(reverse("admin:index")).content.decode() for name in ("editor", "operator")}

    assert start not in told["editor"]
    assert start in told["operator"]
    assert add not in told["editor"] + told["operator"]
    assert "Newest errors" not in told["editor"]
    assert add in browser(cast["manager"]).get(reverse("admin:index")).content.decode()
    assert "Destinations" not in browser(cast["editor"]).get(url("station_changelist")).content.decode()
