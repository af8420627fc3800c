"""Reads from PostgreSQL within a deadline, on a connection of its own that is dropped when time is up.

For health and metrics: a database that hangs must not take a thread, a pooled connection or the answer with it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

DATABASE_SECONDS = 1.5


class DatabaseAwayError(Exception):
    """The database gave no answer in time, or refused; the text is a sentence without secrets."""


async def read_within(*queries: QuerySet[Any, Any], seconds: float = DATABASE_SECONDS) -> list[list[tuple[Any, ...]]]:
    """Return the rows of each query (use ``values_list``), all read within ``seconds``.

    Raises:
        DatabaseAwayError: it cannot be reached, answers too late or refuses.

    """
    statements = [query.query.sql_with_params() for query in queries]
    try:
        async with asyncio.timeout(seconds):
            return await _read(statements)
    except TimeoutError as error:
        raise DatabaseAwayError(f"PostgreSQL gave no answer within {seconds:g} seconds.") from error
    except psycopg.Error as error:
        raise DatabaseAwayError(f"PostgreSQL cannot be read ({type(error).__name__}).") from error


async def _read(statements: Sequence[tuple[str, tuple[Any, ...]]]) -> list[list[tuple[Any, ...]]]:
    parameters = connection.get_connection_params()
    for ours in ("pool", "cursor_factory", "context"):
        parameters.pop(ours, None)
    found = []
    async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as link:
        for sql, values in statements:
            cursor = await link.execute(sql, values)
            found.append(await cursor.fetchall())
    return found
