"""The cast: the eight people of every test that asks who may do what, and the station some of them belong to.

======================  =====================================================
anonymous               nobody is signed in
stranger                signed in, with no group and no role
listener                in the group ``user``
editor, presenter,      that role at the station ``night-fm``, and nowhere else
operator
manager, admin          in the group of that name
======================  =====================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group

from accounts.people.models import User
from accounts.signin.addresses import vouch_for_address
from streaming.stations.members import StationMember
from tests.factories import make_station

if TYPE_CHECKING:
    from streaming.stations.models import Station

NAMES = ("anonymous", "stranger", "listener", "editor", "presenter", "operator", "manager", "admin")
IN_CONSOLE = frozenset({"editor", "operator", "manager", "admin"})
OF_STATION = frozenset({"editor", "presenter", "operator"})
GROUP_OF = {"listener": "user", "manager": "manager", "admin": "admin"}


@dataclass(frozen=True)
class Cast:
    """The people by name, ``None`` for anonymous; their station, and one where none of them has a role."""

    people: dict[str, User | None]
    station: Station
    elsewhere: Station

    def __getitem__(self, name: str) -> User | None:
        return self.people[name]


def make_cast() -> Cast:
    """Make everybody, and the two stations."""
    station, elsewhere = make_station("night-fm"), make_station("day-fm")
    people = {name: None if name == "anonymous" else make_person(name, station) for name in NAMES}
    return Cast(people=people, station=station, elsewhere=elsewhere)


def make_person(name: str, station: Station) -> User:
    """Make one of the cast."""
    person = User.objects.create_user(f"{name}@example.org", is_staff=name in IN_CONSOLE)  # no password to hash
    vouch_for_address(person=person)
    if name in GROUP_OF:
        person.groups.add(Group.objects.get(name=GROUP_OF[name]))
    if name in OF_STATION:
        StationMember.objects.create(station=station, person=person, role=name)
    return person


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody."""
    return make_cast()
