"""What an API key may be like."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.keys.errors import KeyInvalidError
from accounts.keys.scopes import GROUPS

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME_LIMIT = 100
ACTIONS_LIMIT = 50
PERMISSION = re.compile(r"[a-z][a-z_]{0,30}\.[a-z][a-z0-9_]{0,60}")
LONGEST_OVERLAP = timedelta(days=30)


def name(value: str) -> str:
    """Return the name without spaces around it."""
    value = value.strip()
    if not value or len(value) > NAME_LIMIT or not value.isprintable():
        raise KeyInvalidError(f"Say in 1 to {NAME_LIMIT} characters on one line what uses the key.", field="name")
    return value


def actions(values: Sequence[str]) -> list[str]:
    """Return the actions, each once: groups or names of permissions."""
    found = sorted(set(values))
    if not found:
        raise KeyInvalidError("Say what the key may do: read, write, or names of permissions.", field="actions")
    wrong = [value for value in found if value not in GROUPS and not _is_permission(value)]
    if wrong or len(found) > ACTIONS_LIMIT:
        raise KeyInvalidError(
            f"{', '.join(repr(value[:40]) for value in wrong[:3]) or 'More than 50'} is no action: "
            "take read, write, or a permission such as streaming.change_station.",
            field="actions",
        )
    return found


def end(value: datetime | None) -> datetime | None:
    """Return the end, which lies ahead."""
    if value is not None and value <= timezone.now():
        raise KeyInvalidError("The key would have run out already: take a time to come, or none.", field="expires_at")
    return value


def overlap(value: timedelta) -> timedelta:
    """Return how long the old key goes on, from nothing to 30 days."""
    if not timedelta() <= value <= LONGEST_OVERLAP:
        raise KeyInvalidError("The old key may go on for 0 hours to 30 days (720 hours).", field="overlap_hours")
    return value


def _is_permission(value: str) -> bool:
    if not PERMISSION.fullmatch(value):
        return False
    label, _, codename = value.partition(".")
    return Permission.objects.filter(content_type__app_label=label, codename=codename).exists()
