"""Roles at a station: given and taken by service, API, console and command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import SecurityEvent
from streaming.stations.members import StationMember
from streaming.stations.membership import MemberInvalidError, give_role, take_role
from tests.factories import enter, make_user
from tests.security.cast import cast

__all__ = ["cast"]
MEMBERS = "/api/v1/stations/night-fm/members/"


def as_(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def fresh(person):
    return type(person).objects.get(pk=person.pk)


def test_an_editors_role_opens_the_console_and_its_end_closes_it(cast):
    person = cast["stranger"]

    member = give_role(station=cast.station, person=person, role="editor", by=cast["manager"])
    assert fresh(person).is_staff
    assert fresh(person).has_perm("streaming.change_trackmapping", cast.station)

    take_role(member=member, by=cast["manager"])
    assert not fresh(person).is_staff
    assert not fresh(person).has_perm("streaming.change_trackmapping")
    kinds = SecurityEvent.objects.filter(person=person).values_list("kind", flat=True)
    assert {"role_granted", "role_removed"} <= set(kinds)


def test_a_presenter_stays_outside_the_console(cast):
    give_role(station=cast.station, person=cast["stranger"], role="presenter", by=None)

    assert not fresh(cast["stranger"]).is_staff


def test_who_has_another_role_stays_in_the_console(cast):
    member = give_role(station=cast.elsewhere, person=cast["operator"], role="editor", by=None)
    take_role(member=member, by=None)

    assert fresh(cast["operator"]).is_staff


def test_given_twice_is_given_once(cast):
    give_role(station=cast.station, person=cast["stranger"], role="editor", by=None)
    give_role(station=cast.station, person=cast["stranger"], role="editor", by=None)

    assert StationMember.objects.filter(person=cast["stranger"]).count() == 1
    assert SecurityEvent.objects.filter(person=cast["stranger"], kind="role_granted").count() == 1


@pytest.mark.parametrize(("role", "active", "field"), [("owner", True, "role"), ("editor", False, "person")])
def test_what_cannot_be_given_names_the_field(cast, role, active, field):
    person = make_user("closed@example.org", is_active=active)

    with pytest.raises(MemberInvalidError) as refused:
        give_role(station=cast.station, person=person, role=role, by=None)

    assert refused.value.field == field
    assert not StationMember.objects.filter(person=person).exists()


class TestApi:
    def test_a_manager_gives_lists_and_takes(self, cast):
        manager = as_(cast["manager"])

        made = manager.post(MEMBERS, {"email": "STRANGER@example.org", "role": "editor"}, format="json")
        assert made.status_code == 201, made.json()
        assert made.json()["email"] == "stranger@example.org"

        roles = {row["email"]: row["role"] for row in manager.get(MEMBERS).json()["results"]}
        assert roles["stranger@example.org"] == "editor"
        assert roles["operator@example.org"] == "operator"

        assert manager.delete(f"{MEMBERS}{made.json()['id']}/").status_code == 204
        assert not fresh(cast["stranger"]).is_staff

    def test_an_operator_looks_and_gives_nothing(self, cast):
        operator = as_(cast["operator"])

        assert operator.get(MEMBERS).status_code == 200
        assert operator.post(MEMBERS, {"email": "stranger@example.org", "role": "operator"}).status_code == 403
        assert operator.get(MEMBERS.replace("night", "day")).status_code == 404

    def test_an_address_of_nobody_names_the_field(self, cast):
        refused = as_(cast["manager"]).post(MEMBERS, {"email": "who@example.org", "role": "editor"}, format="json")

        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "email"

    def test_a_member_of_another_station_is_not_found(self, cast):
        member = give_role(station=cast.elsewhere, person=cast["stranger"], role="editor", by=None)

        assert as_(cast["manager"]).delete(f"{MEMBERS}{member.pk}/").status_code == 404


class TestCommand:
    def test_it_gives_lists_and_takes(self, cast):
        out = StringIO()
        for words in (
            ["add", "stranger@example.org", "editor"],
            ["list"],
            ["remove", "stranger@example.org", "editor"],
        ):
            call_command("station", "member", "night-fm", *words, stdout=out)

        assert "stranger@example.org is editor of Night Fm." in out.getvalue()
        assert "editor     stranger@example.org" in out.getvalue()
        assert not StationMember.objects.filter(person=cast["stranger"]).exists()

    @pytest.mark.usefixtures("cast")
    def test_taking_what_nobody_has_says_so(self):
        with pytest.raises(CommandError, match="is no editor of Night Fm"):
            call_command("station", "member", "night-fm", "remove", "stranger@example.org", "editor")


class TestConsole:
    def test_a_manager_gives_and_takes_on_the_stations_page(self, cast, client):
        enter(client, cast["manager"])
        page = reverse("admin:streaming_station_change", args=[cast.station.pk])
        held = StationMember.objects.get(station=cast.station, person=cast["editor"])
        form = client.get(page).context["adminform"].form
        sent = {name: form.initial.get(name) or "" for name in form.fields}
        for rows in ("playlist", "backups", "emergency"):
            sent |= {f"{rows}-TOTAL_FORMS": 0, f"{rows}-INITIAL_FORMS": 0}
        sent |= {"members-TOTAL_FORMS": 2, "members-INITIAL_FORMS": 1, "members-0-id": held.pk}
        sent |= {"members-0-station": cast.station.pk, "members-0-DELETE": "on"}
        sent |= {"members-1-person": cast["stranger"].pk, "members-1-role": "presenter"}

        answer = client.post(page, sent)

        assert answer.status_code == 302, answer.context["errors"]
        roles = set(StationMember.objects.filter(station=cast.station).values_list("person__email", "role"))
        assert ("stranger@example.org", "presenter") in roles
        assert ("editor@example.org", "editor") not in roles
        assert not fresh(cast["editor"]).is_staff

    def test_an_operator_sees_the_rows_read_only(self, cast, client):
        enter(client, cast["operator"])
        page = client.get(reverse("admin:streaming_station_change", args=[cast.station.pk])).content.decode()

        assert "presenter@example.org" in page
        assert 'name="members-0-DELETE"' not in page
