"""How a node's threads use the database: a connection from the pool for one piece of work, given back after it.

A thread that kept its connection would take one of the pool's few for ever.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from django.db import InterfaceError, OperationalError, connection
from django.db.backends.signals import connection_created

if TYPE_CHECKING:
    from collections.abc import Iterator

AWAY = (OperationalError, InterfaceError)
"""What is raised when the database cannot be reached or went away in the middle."""


@contextmanager
def borrowed() -> Iterator[None]:
    """Do one piece of work with a connection and give it back, whatever happens."""
    try:
        yield
    finally:
        connection.close()


LEAVE_NOTHING_LOCKED = """
SELECT set_config('idle_in_transaction_session_timeout', '5s', false),
       set_config('tcp_keepalives_idle', '4', false),
       set_config('tcp_keepalives_interval', '2', false),
       set_config('tcp_keepalives_count', '2', false),
       set_config('tcp_user_timeout', '8000', false)
"""
"""A machine that loses its power or freezes in the middle of a transaction would keep its rows locked, for hours where
nothing is set: the very rows that another machine needs to take its stations."""

_arranged: WeakSet[Any] = WeakSet()


def leave_nothing_locked() -> None:
    """Have the server end this process's sessions in seconds when the process or its machine is no more."""
    connection_created.connect(_arrange, dispatch_uid="streaming.nodes.database")


def _arrange(connection: Any, **_: Any) -> None:
    """Say it once to each connection of the pool."""
    raw = connection.connection
    if raw not in _arranged:
        with connection.cursor() as cursor:
            cursor.execute(LEAVE_NOTHING_LOCKED)
        _arranged.add(raw)
