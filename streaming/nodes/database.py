"""How a node's threads use the database: a connection from the pool for one piece of work, given back after it.

A thread that kept its connection would take one of the pool's few for ever.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, connection

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
