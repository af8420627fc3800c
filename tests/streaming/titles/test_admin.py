"""The screen on which an operator designs titles."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from PIL import Image, ImageChops

from streaming.sources.models import TrackChange
from streaming.titles.models import TitleDesign
from tests.factories import enter, make_loop, make_station, make_user

pytestmark = pytest.mark.django_db
FORM = {
    "template": "corner_card",
    "theme": "light",
    "position": "top_end",
    "accent": "#00aa88",
    "show_cover": "on",
    "safe_percent": "4",
}


def change_url(station):
    return reverse("admin:streaming_titledesign_change", args=[station.pk])


def preview_url(station):
    return reverse("admin:streaming_titledesign_preview", args=[station.pk])


def tried(browser, station, **changes):
    response = browser.get(preview_url(station), {**FORM, "sample": "latin", **changes})
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def signed_in(client, *names):
    user = make_user("staff@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    enter(client, user)
    return client


def test_a_station_without_a_design_has_a_form_and_looking_keeps_nothing(operator):
    page = operator.get(change_url(make_station()))
    assert page.status_code == 200
    assert "data-title-preview" in page.content.decode()
    assert not TitleDesign.objects.exists()


def test_saving_keeps_the_design(operator):
    station = make_station()
    response = operator.post(change_url(station), {**FORM, "enabled": "on"})
    assert response.status_code == 302
    design = TitleDesign.objects.get(station=station)
    assert (design.enabled, design.template, design.accent, design.show_station) == (
        True,
        "corner_card",
        "#00aa88",
        False,
    )


def test_what_is_wrong_is_said_at_its_field(operator):
    station = make_station()
    response = operator.post(change_url(station), {**FORM, "accent": "green"})
    assert response.status_code == 200
    assert "Write the colour as # and six hexadecimal digits." in response.content.decode()
    assert not TitleDesign.objects.exists()


def test_the_preview_follows_the_form_and_keeps_nothing(operator):
    station = make_station()
    first = tried(operator, station)
    assert first.size == (960, 540)
    for change in ({"theme": "dark"}, {"template": "full_card"}, {"position": "bottom_start"}, {"sample": "arabic"}):
        assert ImageChops.difference(first, tried(operator, station, **change)).getbbox()
    assert not TitleDesign.objects.exists()


def test_the_preview_stands_over_the_stations_loop(operator):
    jpeg = io.BytesIO()
    Image.new("RGB", (640, 360), (10, 200, 40)).save(jpeg, "JPEG")
    station = make_station(default_loop=make_loop(thumbnail=jpeg.getvalue()))
    red, green, _ = tried(operator, station).getpixel((20, 500))
    assert green > 150 > red


def test_the_preview_shows_what_is_on_now(operator):
    station = make_station()
    assert tried(operator, station, sample="now") == tried(operator, station, sample="latin")
    TrackChange.objects.create(
        station=station,
        dedupe_key="sh:1",
        origin="webhook",
        artist="Кино",
        title="Группа крови",
        track_key="x",
        started_at="2026-01-01T00:00Z",
    )
    assert tried(operator, station, sample="now") == tried(operator, station, sample="cyrillic")


@pytest.mark.parametrize(
    ("field", "value"),
    [("accent", "red"), ("safe_percent", "99"), ("template", "../x"), ("sample", "klingon"), ("position", "")],
)
def test_a_preview_of_what_cannot_be_says_which_field(operator, field, value):
    response = operator.get(preview_url(make_station()), {**FORM, "sample": "latin", field: value})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_only_people_who_may_see_designs_get_a_preview(client):
    station = make_station()
    query = {**FORM, "sample": "latin"}
    assert client.get(preview_url(station), query).status_code == 302
    assert signed_in(client, "view_station").get(preview_url(station), query).status_code == 403


def test_those_who_may_only_look_see_the_preview_and_change_nothing(client):
    station = make_station()
    browser = signed_in(client, "view_titledesign")
    tried(browser, station)
    assert browser.post(change_url(station), FORM).status_code == 403


@pytest.mark.parametrize("key", ["6a2a6c9e-92f5-4b35-9bd8-21f5f9d2a000", "nothing"])
def test_a_station_that_is_not_there_has_no_title(operator, key):
    assert operator.get(reverse("admin:streaming_titledesign_change", args=[key])).status_code == 302


def test_the_stations_page_leads_to_its_title(operator):
    station = make_station()
    page = operator.get(reverse("admin:streaming_station_change", args=[station.pk])).content.decode()
    assert change_url(station) in page
    assert "Off: choose a design" in page
    TitleDesign.objects.create(station=station, enabled=True)
    page = operator.get(reverse("admin:streaming_station_change", args=[station.pk])).content.decode()
    assert "lower third, dark" in page
    assert operator.get(reverse("admin:streaming_titledesign_changelist")).status_code == 200


def test_the_list_leads_to_stations_that_have_no_design_yet(operator):
    designed, other = make_station("day-fm"), make_station("night-fm")
    TitleDesign.objects.create(station=designed)
    page = operator.get(reverse("admin:streaming_titledesign_changelist")).content.decode()
    assert "Design a title for" in page
    assert f'href="{change_url(other)}">Night Fm</a>' in page
    assert f'href="{change_url(designed)}">Day Fm</a>' not in page.partition("result_list")[0]
