"""Reads JSON that callers send to the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO


class JSONBody(JSONParser):
    """DRF's parser; what is nested without end is the caller's mistake, and no error of ours."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return what was sent.

        Raises:
            ParseError: it is no JSON, or nested deeper than Python's parser goes (about a thousand levels).

        """
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
