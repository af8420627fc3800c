"""All that is held of a person, and no secret."""

from __future__ import annotations

import json

import pytest

from accounts.audit.services import note
from accounts.keys.api_keys import make_key
from accounts.people import exports
from accounts.people.holdings import HOLDINGS
from accounts.people.services import change_profile, set_phone
from streaming.stations.members import StationMember
from tests.factories import enter, make_loop, make_station, make_user

pytestmark = pytest.mark.django_db


def exported(person):
    return json.loads("".join(exports.export(person=person)))


def test_it_holds_what_the_person_told_and_what_came_of_it(person, client):
    enter(client, person)
    client.get("/account/")
    set_phone(person=person, phone="+628123456789")
    change_profile(person=person, last_name="Lestari", bio="Night shift, \u201cvinyl\u201d")
    StationMember.objects.create(station=make_station(), person=person, role=StationMember.Role.EDITOR)
    make_loop(uploaded_by=person)
    make_loop("Not theirs", uploaded_by=make_user("other@example.org"))

    found = exported(person)

    assert found["form"] == "longwave-account-1"
    assert (found["account"]["phone"], found["account"]["last_name"]) == ("+628123456789", "Lestari")
    assert found["account"]["bio"] == "Night shift, \u201cvinyl\u201d"
    assert found["station_roles"][0]["station__slug"] == "night-fm"
    assert [loop["name"] for loop in found["loops"]] == ["Rain on glass"]
    assert [factor["type"] for factor in found["second_factors"]] == ["totp"]
    assert found["sessions"]
    assert {event["kind"] for event in found["security_events"]} >= {"phone_changed"}


def test_it_names_every_kind_of_thing_even_where_there_is_none(person):
    assert {held.words.replace(" ", "_") for held in HOLDINGS} < exported(person).keys()


def test_no_secret_is_in_it(person, client):
    enter(client, person)
    client.get("/account/")
    _, text = make_key(person=person, name="script", actions=["read"])
    note("sign_in", person=person)

    whole = "".join(exports.export(person=person))

    secrets = [text, person.password, client.session.session_key, person.api_keys.get().digest]
    secrets += [str(factor.data.get("secret", "")) for factor in person.authenticator_set.all()]
    assert [secret for secret in secrets if secret and secret in whole] == []


def test_it_may_be_asked_for_ten_times_an_hour(person, client):
    client.force_login(person)
    answers = [client.get("/account/export/").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
