"""All that is held of a person: the one list that export, the deletion's page and deletion itself go by.

A table that points at people and stands in neither list fails a test: somebody has to say what becomes of it.
Columns that are not named are not given out; those of secrets (digests, hashes, sealed values) never are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from accounts.people.models import User


class End(Enum):
    """What becomes of rows when the account is deleted."""

    GOES = "is deleted"
    STAYS = "stays, without a name"


@dataclass(frozen=True)
class Holding:
    """A table that points at a person.

    Attributes:
        words: what it is, in a person's terms; also the key in the export.
        model: its label.
        column: the one that points at the person.
        given: the columns an export gives.
        end: what becomes of it.

    """

    words: str
    model: str
    column: str
    given: tuple[str, ...]
    end: End = End.GOES

    def rows(self, person: User) -> QuerySet[Any]:
        """Return the person's rows, oldest first."""
        table: Any = apps.get_model(self.model)
        found: QuerySet[Any] = table.objects.filter(**{self.column: person.pk})
        return found.order_by("pk")

    def told(self, person: User) -> Iterator[dict[str, Any]]:
        """Yield what an export gives of each row; a table is never held in memory as a whole."""
        yield from self.rows(person).values(*self.given).iterator(chunk_size=500)


DEVICE = ("ip", "agent")
SENT = ("id", "original_name", "sha256", "size", "created_at")
HOLDINGS = (
    Holding("e-mail addresses", "account.EmailAddress", "user", ("email", "verified", "primary")),
    Holding("second factors", "mfa.Authenticator", "user", ("type", "created_at", "last_used_at")),
    Holding("sessions", "usersessions.UserSession", "user", ("created_at", "last_seen_at", "ip", "user_agent")),
    Holding(
        "programs signed in",
        "accounts.TokenFamily",
        "person",
        ("id", "created_at", "used_at", "expires_at", "ended_at", "ended_because", *DEVICE),
    ),
    Holding(
        "API keys",
        "accounts.ApiKey",
        "person",
        ("id", "name", "prefix", "actions", "stations", "created_at", "expires_at", "used_at", "revoked_at"),
    ),
    Holding("codes sent", "accounts.PhoneChallenge", "person", ("phone", "created_at", "used_at", "tries")),
    Holding("station roles", "streaming.StationMember", "person", ("station__slug", "role", "added_at")),
    Holding("changes in the console", "admin.LogEntry", "user", ("action_time", "object_repr", "action_flag")),
    Holding("channels being connected", "streaming.DeviceLogin", "created_by", ("platform", "created_at")),
    Holding("loops", "catalog.Loop", "uploaded_by", ("name", *SENT), End.STAYS),
    Holding("tracks", "catalog.Track", "uploaded_by", ("artist", "title", *SENT), End.STAYS),
    Holding(
        "presenter keys made",
        "streaming.PresenterKey",
        "created_by",
        ("name", "station__slug", "created_at"),
        End.STAYS,
    ),
    Holding(
        "channels connected",
        "streaming.PlatformAccount",
        "connected_by",
        ("platform", "name", "connected_at"),
        End.STAYS,
    ),
    Holding("presenter keys", "streaming.PresenterKey", "person", ("name", "station__slug", "created_at"), End.STAYS),
    Holding("licences noted", "catalog.Licence", "created_by", ("id", "created_at"), End.STAYS),
    Holding("roles given", "streaming.StationMember", "added_by", ("station__slug", "role", "added_at"), End.STAYS),
    Holding(
        "security events",
        "accounts.SecurityEvent",
        "person",
        ("at", "kind", "outcome", "path", "detail", *DEVICE),
        End.STAYS,
    ),
    Holding(
        "changes made",
        "accounts.Change",
        "person",
        ("at", "action", "kind", "object_name", "door", "path", "ip"),
        End.STAYS,
    ),
)
TOLD_APART = frozenset({"accounts.Profile", "accounts.User_groups", "accounts.User_user_permissions"})
"""Tables whose rows are told as part of the person."""
