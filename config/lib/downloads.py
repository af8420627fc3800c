"""Long tables as files: sent while they are read, never held whole."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse

from config.lib.spreadsheets import guarded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest

BATCH = 1000
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


def newest_first(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Yield all rows a thousand at a time, from the highest key down: each batch is one short query on the key."""
    before: Any = None
    found = rows.order_by("-pk")
    while batch := list((found if before is None else found.filter(pk__lt=before))[:BATCH]):
        yield batch
        before = batch[-1].pk


def as_csv(columns: Sequence[str], batches: Iterable[Iterable[Sequence[Any]]]) -> Iterator[str]:
    """Yield a table with its heading; cells that a spreadsheet would run are guarded."""
    yield _lines([columns])
    for batch in batches:
        yield _lines([guarded(_cell(value)) for value in row] for row in batch)


def as_json_lines(columns: Sequence[str], batches: Iterable[Iterable[Sequence[Any]]]) -> Iterator[str]:
    """Yield an object a line."""
    for batch in batches:
        yield "".join(json.dumps(dict(zip(columns, row, strict=True)), default=str) + "\n" for row in batch)


def sent(request: HttpRequest, chunks: Iterator[str], *, name: str, form: str) -> StreamingHttpResponse:
    """Answer with a file that is read as fast as the caller takes it; ``form`` is one of ``TYPES``."""
    content: Any = _awaited(chunks) if isinstance(request, ASGIRequest) else chunks
    return StreamingHttpResponse(
        content,
        content_type=TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{form}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


async def _awaited(chunks: Iterator[str]) -> AsyncIterator[str]:
    """Pull each chunk in the thread that has the database; Django would collect a plain iterator first."""
    pull = sync_to_async(_next)
    while (chunk := await pull(chunks)) is not None:
        yield chunk


def _next(chunks: Iterator[str]) -> str | None:
    return next(chunks, None)


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    return "" if value is None else str(value)
