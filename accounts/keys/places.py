"""The stations that a key may be bound to, by the short names people know them by.

Stations live two floors up: the setting ``STATIONS_OF`` names who knows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.keys.errors import KeyInvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from accounts.people.models import User

SEE = "streaming.view_station"


def stations_of(person: User) -> QuerySet[Any]:
    """Return the stations that the person works at, by name."""
    return cast("QuerySet[Any]", import_string(settings.STATIONS_OF)(person, SEE)).order_by("name")


def ids_of(person: User, slugs: Sequence[str]) -> list[UUID]:
    """Return the ids of stations the person works at.

    Raises:
        KeyInvalidError: one is not among them.

    """
    wanted = set(slugs)
    found: dict[str, UUID] = dict(stations_of(person).filter(slug__in=wanted).values_list("slug", "pk"))
    missing = sorted(wanted - found.keys())
    if missing:
        raise KeyInvalidError(
            f"You work at no station {missing[0][:64]!r}. Give the short names of yours.", field="stations"
        )
    return list(found.values())


def slugs_of(person: User, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the short names of those that the person still works at, one query for all."""
    return dict(stations_of(person).filter(pk__in=set(ids)).values_list("pk", "slug"))
