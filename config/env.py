"""Reads the environment through typed helpers that fail loudly.

Every secret may also come from a file: ``NAME_FILE=/run/secrets/name`` stands in for ``NAME``.
"""

from __future__ import annotations

import os
from pathlib import Path

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


class EnvironmentValueError(ValueError):
    """An environment variable holds something that cannot be used; the text names it and the remedy."""


def text(name: str, default: str = "") -> str:
    """Return the variable's text, or the first line-stripped content of the file in ``<name>_FILE``."""
    value = os.environ.get(name)
    if value is not None and value.strip():
        return value.strip()
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return default
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        message = f"{name}_FILE points at {file}, which cannot be read ({error.strerror}). Fix the path or unset it."
        raise EnvironmentValueError(message) from error


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable: 1/0, true/false, yes/no, on/off."""
    value = text(name, "1" if default else "0").lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    message = f"{name} must be 1 or 0, not {value!r}."
    raise EnvironmentValueError(message)


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number within ``least``..``most``."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError as error:
        message = f"{name} must be a whole number, not {value!r}."
        raise EnvironmentValueError(message) from error
    if not least <= number <= most:
        message = f"{name} must lie between {least} and {most}, not {number}."
        raise EnvironmentValueError(message)
    return number


def listing(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without blanks."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def ranges(name: str, default: str, *, least: int, most: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of whole numbers by comma, both ends in them: ``80,8000-9000`` is ``((80, 80), (8000, 9000))``."""
    found: list[tuple[int, int]] = []
    for part in listing(name, default):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and least <= int(first) <= int(last) <= most):
            message = f"{name} takes numbers from {least} to {most} and ranges such as 8000-9000, not {part!r}."
            raise EnvironmentValueError(message)
        found.append((int(first), int(last)))
    return tuple(found)
