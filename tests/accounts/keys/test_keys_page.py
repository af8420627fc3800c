"""The page of one's own keys: made and shown once, replaced, revoked; programs are signed out."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.keys import families
from accounts.keys.models import ApiKey
from tests.factories import enter, make_api_key, make_station, make_user

PAGE = "/account/keys/"


@pytest.fixture
def browser(client, person):
    client.force_login(person)
    return client


def text_in(page: str) -> str:
    return str(re.findall(r'class="secret">(lw_[A-Za-z0-9]+)<', page)[0])


def test_a_key_is_made_and_shown_this_once(browser, person):
    made = browser.post(PAGE, {"name": "Studio", "may": "read", "days": "365"})
    text = text_in(made.content.decode())
    assert "no-store" in made.headers["Cache-Control"]
    key = ApiKey.objects.get()
    assert (key.person, key.name, key.actions, key.stations) == (person, "Studio", ["read"], [])
    assert key.expires_at is not None
    assert 364 <= (key.expires_at - key.created_at).days <= 365
    again = browser.get(PAGE).content.decode()
    assert text not in again
    assert key.prefix in again


def test_a_key_may_be_bound_to_some_of_ones_stations(client, settings):
    station, _ = make_station(), make_station("day-fm")
    enter(client, make_user("owner@example.org", is_superuser=True))
    client.post(PAGE, {"name": "Studio", "may": "write", "days": "", "stations": ["night-fm"]})
    key = ApiKey.objects.get()
    assert (key.stations, key.expires_at) == ([station.pk], None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "", "may": "read", "days": ""}, "This field is required."),
        ({"name": "A", "may": "everything", "days": ""}, "Select a valid choice."),
        ({"name": "A", "may": "read", "days": "9999"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(browser, body, words):
    page = browser.post(PAGE, body)
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert not ApiKey.objects.exists()


def test_a_station_of_others_is_no_choice(browser):
    make_station()
    page = browser.post(PAGE, {"name": "A", "may": "read", "days": "", "stations": ["night-fm"]})
    assert page.status_code == 200, "there is no such field for somebody who works nowhere"
    assert ApiKey.objects.get().stations == []


def test_a_key_is_replaced_and_the_old_one_goes_on_for_a_day(browser, person):
    key, _ = make_api_key(person, name="Studio")
    page = browser.post(reverse("account-key-replace", args=[key.pk])).content.decode()
    assert text_in(page)
    assert "The key before it works until" in page
    refused = browser.post(reverse("account-key-replace", args=[key.pk]), follow=True).content.decode()
    assert "This key has been replaced" in refused


def test_a_key_is_revoked(browser, person):
    key, _ = make_api_key(person)
    browser.post(reverse("account-key-revoke", args=[key.pk]))
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert key.prefix not in browser.get(PAGE).content.decode()


def test_a_program_is_signed_out(browser, person, rf):
    families.begin(person=person, methods=("pwd",), request=rf.post("/", HTTP_USER_AGENT="Studio/1.0"))
    (family,) = families.going_on(person)
    page = browser.get(PAGE).content.decode()
    assert "Programs signed in" in page
    assert "Studio/1.0" in page
    browser.post(reverse("account-program-end", args=[family.pk]))
    assert families.going_on(person) == []


@pytest.mark.parametrize("name", ["account-key-replace", "account-key-revoke", "account-program-end"])
def test_nothing_of_others_is_found(client, person, rf, name):
    key, _ = make_api_key(person)
    families.begin(person=person, methods=("pwd",), request=rf.post("/"))
    (family,) = families.going_on(person)
    client.force_login(make_user("other@example.org"))
    pk = family.pk if "program" in name else key.pk
    assert client.post(reverse(name, args=[pk])).status_code == 404
    assert client.get(reverse(name, args=[pk])).status_code == 405


def test_strangers_are_asked_who_they_are(client, db):
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


def test_a_password_alone_makes_no_key_for_who_needs_a_second_factor(client):
    client.force_login(make_user("staff@example.org", is_staff=True))
    for answer in (client.get(PAGE), client.post(PAGE, {"name": "A", "may": "write", "days": ""})):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("second_factor"))
    assert not ApiKey.objects.exists()
