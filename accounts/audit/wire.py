"""Tells the database who is at work, within the very statement that changes a watched table.

The word is local to the statement's transaction, so a connection that goes back to the pool keeps nothing of it, and
statements that change no watched table are sent as they are: webhooks, facts and counters cost nothing more.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.backends.signals import connection_created

from accounts.audit import acting
from accounts.audit.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(?P<table>\w+)', re.IGNORECASE)
SAY = "SELECT set_config('longwave.acting', %s, true); "


def listen() -> None:
    """Have every connection say who is at work, from its first use on."""
    connection_created.connect(_take_in, dispatch_uid="audit")


@cache
def watched_tables() -> frozenset[str]:
    """Return the tables whose changes are written down."""
    models = apps.get_models(include_auto_created=True)
    described = [model._meta for model in models]  # noqa: SLF001 - public, says Django
    return frozenset(m.db_table for m in described if any(isinstance(t, Watch) for t in getattr(m, "triggers", ())))


def _take_in(connection: Any, **_: Any) -> None:
    if connection.vendor == "postgresql" and _say_who not in connection.execute_wrappers:
        connection.execute_wrappers.append(_say_who)


def _say_who(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's signature
    found = WRITES.match(sql) if isinstance(sql, str) and not many else None
    if found is None or found["table"] not in watched_tables():
        return execute(sql, params, many, context)
    who = acting.now()
    if who is None or isinstance(params, dict):
        return execute(sql, params, many, context)
    done = execute(SAY + sql, (json.dumps(who.told()), *(params or ())), many, context)
    cursor = context["cursor"]
    while cursor.nextset():  # the last answer is the statement's own
        pass
    return done
