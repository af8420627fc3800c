"""Reads decoded JSON strictly, and says by path which field is wrong."""

from __future__ import annotations

import math
from typing import Any

from streaming.sources.errors import FieldWrongError

MISSING = object()


class Fields:
    """An object somewhere in a JSON document; ``path`` is "" for the document itself."""

    def __init__(self, value: Any, path: str = "") -> None:
        """Take the object.

        Raises:
            FieldWrongError: it is something else.

        """
        if not isinstance(value, dict):
            raise FieldWrongError(f"{path or 'The body'} must be an object.", field=path or "body")
        self.values: dict[str, Any] = value
        self.path = path

    def __contains__(self, name: str) -> bool:
        """Tell whether the field is there, null or not."""
        return name in self.values

    def is_null(self, name: str) -> bool:
        """Tell whether the field is there and null."""
        return self.values.get(name, MISSING) is None

    def object(self, name: str) -> Fields:
        """Return the object in the field."""
        return Fields(self._present(name), self._at(name))

    def text(self, name: str) -> str:
        """Return the field's text; null is ""."""
        value = self._present(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._wrong(name, "must be a text")
        return value

    def whole(self, name: str, *, least: int, most: int) -> int:
        """Return the field's whole number within ``least``..``most``."""
        value = self._present(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(name, "must be a whole number")
        if not least <= value <= most:
            raise self._wrong(name, f"must lie between {least} and {most}")
        return value

    def seconds(self, name: str, *, most: int) -> float:
        """Return the field's number of seconds, whole or not, within 0..``most``."""
        value = self._present(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._wrong(name, "must be a number of seconds")
        if not 0 <= value <= most:
            raise self._wrong(name, f"must lie between 0 and {most}")
        return float(value)

    def _present(self, name: str) -> Any:
        value = self.values.get(name, MISSING)
        if value is MISSING:
            raise self._wrong(name, "is missing")
        return value

    def _wrong(self, name: str, what: str) -> FieldWrongError:
        path = self._at(name)
        return FieldWrongError(f"{path} {what}.", field=path)

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
