"""Which rows a person may see and change: what the table of who may what means at a station.

The table (``accounts/people/matrix.py``) gives roles their permissions. A group's hold everywhere; a role's hold at its
station, which is what this backend answers: ``person.has_perm("streaming.change_station", station)``. Without an object
it tells whether the person may do it anywhere, which opens a screen; its rows are then those of ``rows_of``. Objects
and lists are judged by the same filter, so they cannot disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from accounts.people.matrix import Role, permissions_of, station_roles_with
from streaming.stations.members import StationMember
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from accounts.people.models import User

    Person = User | AnonymousUser
    Held = frozenset[tuple[UUID, str]]

_M = TypeVar("_M", bound=Model)

# Where a table's station is, when it is not in a column of that name.
STATION_AT = {
    "streaming.station": "pk",
    "streaming.broadcast": "plan__station",
    "streaming.viewercount": "plan__station",
    "streaming.alertmessage": "alert__station",
    "streaming.platformaccount": "plans__station",
}
# The house's, whatever the station: whoever works with pictures and sound sees them all …
SHARED = frozenset({"catalog.loop", "catalog.rendition", "catalog.track", "catalog.encodingprofile", "catalog.licence"})
# … and changes or removes only what they sent themselves.
SENT_BY = {"catalog.loop": "uploaded_by", "catalog.track": "uploaded_by"}
# Of these a presenter sees their own.
PRESENTERS_OWN = {"streaming.presenterkey": "person", "streaming.takeover": "key__person"}
_CACHE = "_station_roles_held"


def stations_of(person: Person, permission: str) -> QuerySet[Station]:
    """Return the stations where a person holds a permission, e.g. ``streaming.view_destination``."""
    if holds_everywhere(person, permission):
        return Station.objects.all()
    return Station.objects.filter(pk__in=_stations_where(person, station_roles_with(permission)))


def rows_of(person: Person, permission: str, rows: QuerySet[_M]) -> QuerySet[_M]:
    """Narrow rows of any table to those for which a person holds a permission; none where nothing says so."""
    if holds_everywhere(person, permission):
        return rows
    roles = station_roles_with(permission)
    if not _stations_where(person, roles):
        return rows.none()
    label = _label(rows)
    if label in SHARED:
        return _shared(person, permission, rows)
    if not _has_station(rows):
        return rows.none()
    if label in PRESENTERS_OWN:
        return rows.filter(_at(label, _stations_where(person, _without_presenter(roles))) | _presenters(person, label))
    return _once(rows, label).filter(_at(label, _stations_where(person, roles)))


def at_stations(rows: QuerySet[_M], stations: Iterable[UUID]) -> QuerySet[_M]:
    """Keep what belongs to some stations, and what is the house's."""
    label = _label(rows)
    if label in SHARED:
        return rows
    return _once(rows, label).filter(_at(label, stations)) if _has_station(rows) else rows.none()


def holds_everywhere(person: Person, permission: str) -> bool:
    """Tell whether a person holds a permission at every station: by a group, by name, or as superuser."""
    return person.is_active and (person.is_superuser or ModelBackend().has_perm(person, permission))


class StationRoles(BaseBackend):
    """Answers ``has_perm`` from the roles people have at stations; it signs nobody in."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Tell whether a person holds a permission: for ``obj``, or without one at any station."""
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        if obj is None:
            return bool(_stations_where(user_obj, station_roles_with(perm)))
        if not isinstance(obj, Model):
            return False
        if obj._state.adding:  # noqa: SLF001 - Django's way to tell new rows
            station = getattr(obj, "station_id", None)
            return station is not None and stations_of(user_obj, perm).filter(pk=station).exists()
        return rows_of(user_obj, perm, type(obj)._default_manager.all()).filter(pk=obj.pk).exists()  # noqa: SLF001 - the same

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Tell whether a person may do anything with an app's tables."""
        return any(name.startswith(f"{app_label}.") for name in self.get_group_permissions(user_obj))

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return what a person may at any station; for one object ask ``has_perm``."""
        if obj is not None or not user_obj.is_active or user_obj.is_anonymous:
            return set()
        return set().union(*(permissions_of(Role(role)) for _, role in _held(user_obj)))

    def rows_of(self, person: Any, permission: str, rows: QuerySet[_M]) -> QuerySet[_M]:
        """Narrow a list of the console, which asks each backend that has this verb."""
        return rows_of(person, permission, rows)


def _label(rows: QuerySet[_M]) -> str:
    return rows.model._meta.label_lower  # noqa: SLF001 - Django's way to name a table


def _has_station(rows: QuerySet[_M]) -> bool:
    return _label(rows) in STATION_AT or hasattr(rows.model, "station")


def _shared(person: Person, permission: str, rows: QuerySet[_M]) -> QuerySet[_M]:
    label = _label(rows)
    app, _, name = label.partition(".")
    if label in SENT_BY and permission in {f"{app}.change_{name}", f"{app}.delete_{name}"}:
        return rows.filter(**{SENT_BY[label]: person.pk})
    return rows


def _once(rows: QuerySet[_M], label: str) -> QuerySet[_M]:
    """A channel that serves several stations is one row still."""
    return rows.distinct() if label == "streaming.platformaccount" else rows


def _presenters(person: Person, label: str) -> Q:
    return _at(label, _stations_where(person, (Role.PRESENTER,))) & Q(**{PRESENTERS_OWN[label]: person.pk})


def _at(label: str, stations: Iterable[UUID]) -> Q:
    return Q(**{f"{STATION_AT.get(label, 'station')}__in": list(stations)})


def _without_presenter(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(role for role in roles if role != Role.PRESENTER)


def _stations_where(person: Person, roles: tuple[Role, ...]) -> set[UUID]:
    return {station for station, role in _held(person) if role in roles}


def _held(person: Person) -> Held:
    """Return the person's roles, read once for each time the person is loaded, as Django does with permissions."""
    if isinstance(person, AnonymousUser) or not person.is_active:
        return frozenset()
    held: Held | None = person.__dict__.get(_CACHE)
    if held is None:
        held = frozenset(StationMember.objects.filter(person=person).values_list("station_id", "role"))
        person.__dict__[_CACHE] = held
    return held
