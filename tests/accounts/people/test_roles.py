"""Roles that hold everywhere, and the administrator who stays."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from accounts.audit.models import SecurityEvent
from accounts.people.errors import LastAdminError, PersonRefusedError
from accounts.people.matrix import Role
from accounts.people.models import User
from accounts.people.roles import is_last_admin, role_of, set_role
from accounts.people.services import add_person
from streaming.stations.members import StationMember
from tests.factories import make_station, make_user

pytestmark = pytest.mark.django_db


def test_whoever_is_added_has_a_confirmed_address_and_the_role():
    person = add_person(email=" Ayu@Example.ORG ", role=Role.MANAGER, password="a long night at the dial")

    assert (person.email, role_of(person), person.is_staff) == ("ayu@example.org", Role.MANAGER, True)
    assert EmailAddress.objects.get(user=person).verified
    assert person.check_password("a long night at the dial")


def test_without_a_password_nobody_can_sign_in_by_one():
    assert not add_person(email="ayu@example.org", role=Role.USER).has_usable_password()


@pytest.mark.parametrize(
    ("email", "said"), [("nobody", "no e-mail address"), ("AYU@example.org", "exists already"), ("", "no e-mail")]
)
def test_an_address_that_is_none_or_taken_is_refused(person, email, said):
    with pytest.raises(PersonRefusedError, match=said) as caught:
        add_person(email=email, role=Role.USER)
    assert caught.value.field == "email"
    assert User.objects.count() == 1


@pytest.mark.parametrize(("role", "staff"), [(Role.ADMIN, True), (Role.MANAGER, True), (Role.USER, False)])
def test_a_role_is_one_group_and_opens_the_console_or_not(person, role, staff):
    make_user("boss@example.org", is_superuser=True, is_staff=True)
    set_role(person=person, role=Role.MANAGER)

    set_role(person=person, role=role)

    assert list(person.groups.values_list("name", flat=True)) == [role.value]
    assert person.is_staff is staff


def test_who_works_at_a_station_keeps_the_console(person):
    StationMember.objects.create(station=make_station(), person=person, role=StationMember.Role.EDITOR)
    set_role(person=person, role=Role.MANAGER)
    set_role(person=person, role=Role.USER)
    assert person.is_staff


def test_the_last_administrator_stays_one():
    boss = make_user("boss@example.org", is_superuser=True, is_staff=True)
    assert is_last_admin(boss)
    with pytest.raises(LastAdminError, match=r"boss@example\.org is the last administrator"):
        set_role(person=boss, role=Role.USER)
    boss.refresh_from_db()
    assert boss.is_superuser

    second = add_person(email="second@example.org", role=Role.ADMIN)
    set_role(person=boss, role=Role.USER)

    assert (role_of(boss), boss.is_superuser) == (Role.USER, False)
    assert is_last_admin(second)


def test_an_administrator_who_may_not_sign_in_does_not_count():
    boss = make_user("boss@example.org", is_superuser=True)
    make_user("gone@example.org", is_superuser=True, is_active=False)
    assert is_last_admin(boss)


def test_rising_and_falling_is_written_down(person):
    boss = make_user("boss@example.org", is_superuser=True)
    set_role(person=person, role=Role.ADMIN, by=boss)
    set_role(person=person, role=Role.USER, by=boss)

    told = SecurityEvent.objects.filter(person=person).order_by("id")
    assert [(e.kind, e.detail["role"], e.detail["by"]) for e in told] == [
        ("role_granted", "admin", "boss@example.org"),
        ("role_removed", "user", "boss@example.org"),
    ]
