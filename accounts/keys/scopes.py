"""What a key may do: its actions and its stations, on top of what its person may.

An action is a permission's name (``streaming.change_station``) or one of two groups: ``read`` is every permission to
look (``….view_…``), ``write`` is every permission there is. Sessions and tokens are the person: nothing is taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from accounts.keys.models import ApiKey

if TYPE_CHECKING:
    from collections.abc import Collection

READ = "read"
WRITE = "write"
GROUPS = {READ: "Look at everything you may look at", WRITE: "Do everything you may do"}


def permits(auth: object, permission: str, station_id: UUID | None) -> bool:
    """Tell whether what signed the request in lets it do this; what the person may is asked elsewhere.

    Args:
        auth: ``request.auth``: an ApiKey, a token's claims, or None for a session.
        permission: ``app.codename``.
        station_id: at which station; None asks whether it may at any. For what belongs to no station at all, ask
            :func:`permits_unbound`.

    """
    if not isinstance(auth, ApiKey):
        return True
    return _has_action(auth.actions, permission) and (
        station_id is None or not auth.stations or station_id in auth.stations
    )


def permits_unbound(auth: object, permission: str) -> bool:
    """The same for what belongs to no station: a key that is bound to stations may only look at it."""
    if not isinstance(auth, ApiKey):
        return True
    return _has_action(auth.actions, permission) and (not auth.stations or is_look(permission))


def bound_to(auth: object) -> frozenset[UUID] | None:
    """Return the only stations that lists may show with this key; None: all that the person may see."""
    return frozenset(auth.stations) if isinstance(auth, ApiKey) and auth.stations else None


def is_look(permission: str) -> bool:
    """Tell whether a permission is one to look at something."""
    return permission.rpartition(".")[2].startswith("view_")


def _has_action(actions: Collection[str], permission: str) -> bool:
    return permission in actions or WRITE in actions or (READ in actions and is_look(permission))
