"""Pagination that never counts rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination

if TYPE_CHECKING:
    from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """Cursor pages; a viewset may set ``ordering`` on its own subclass when its table orders otherwise."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering: str | tuple[str, ...] = "-created_at"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Read ``?cursor=``; one that we cannot have made is not found.

        Raises:
            NotFound: it cannot be read, or holds what PostgreSQL takes in no text.

        """
        cursor = super().decode_cursor(request)
        if cursor is not None and "\0" in str(cursor.position or ""):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class BySlug(NewestFirst):
    """By short name, which is unique."""

    ordering = "slug"


class ByStart(NewestFirst):
    """What was on air, newest first."""

    ordering = ("-started_at", "-id")


class ByTrackKey(NewestFirst):
    """Mappings of a station, by track key, which is unique within it."""

    ordering = "track_key"


class ByName(NewestFirst):
    """By name, unique within what is listed."""

    ordering = "name"
