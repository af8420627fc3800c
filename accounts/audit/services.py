"""Writes down what matters to security: a row, and a line of the structured log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from accounts.audit.models import SecurityEvent
from config.lib.callers import client_address

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from accounts.people.models import User

log = structlog.get_logger("security")
TEXT = 200
"""Of what a caller sends, so much is kept."""


def note(
    kind: str,
    *,
    refused: bool = False,
    person: User | AnonymousUser | None = None,
    who: str = "",
    request: HttpRequest | None = None,
    **detail: Any,
) -> None:
    """Write one event; never raises for a database that is away, since the log has the event then.

    Args:
        kind: ``sign_in``, ``sign_out``, ``password_changed``, ``role_granted``, ``key_made``, ``not_allowed`` …
        refused: whether it was turned down.
        person: who it is about, where known; a visitor without an account is nobody.
        who: an address that was typed, where no person is known.
        request: gives address, browser and path (no query: secrets could be in it).
        detail: what else helps; never a secret, a code or a number whole. Texts are cut and kept to one line.

    """
    person = person if person is not None and person.is_authenticated else None
    outcome = SecurityEvent.Outcome.REFUSED if refused else SecurityEvent.Outcome.DONE
    event = SecurityEvent(
        at=timezone.now(),
        kind=kind,
        outcome=outcome,
        person=person,
        who=_one_line(who or str(person or "")),
        detail=_plain(detail),
        **_caller(request),
    )
    level = log.warning if refused else log.info
    told = {"outcome": str(outcome), "who": event.who, "ip": event.ip, "path": event.path}
    level(f"security.{kind}", **{**event.detail, **told})
    try:
        if connection.in_atomic_block:
            with transaction.atomic():
                event.save(force_insert=True)
        else:
            event.save(force_insert=True)
    except (DatabaseError, InterfaceError):
        log.exception("security.not_stored", kind=kind)


def _caller(request: HttpRequest | None) -> dict[str, Any]:
    if request is None:
        return {}
    return {
        "ip": client_address(request),
        "agent": _one_line(request.headers.get("User-Agent", "")),
        "path": _one_line(request.path),
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, with bounded texts: what callers send ends up in here."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {_one_line(str(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in list(value)[:TEXT]]
    return _one_line(str(value))


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:TEXT]
