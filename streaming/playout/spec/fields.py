"""Checks single fields of specs and commands; an error names the field and the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streaming.playout.errors import SpecError


def an_object(data: object, where: str) -> dict[str, Any]:
    """Return a JSON object."""
    if not isinstance(data, dict):
        raise SpecError(where, "must be a JSON object.")
    return data


def a_list(data: object, where: str) -> list[Any]:
    """Return a JSON array."""
    if not isinstance(data, list):
        raise SpecError(where, "must be a JSON array.")
    return data


def text(given: dict[str, Any], name: str, prefix: str = "") -> str:
    """Return a text that is not empty."""
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise SpecError(prefix + name, "must be a text that is not empty.")
    return value


def path(given: dict[str, Any], name: str, prefix: str = "") -> Path:
    """Return an absolute path."""
    found = Path(text(given, name, prefix))
    if not found.is_absolute():
        raise SpecError(prefix + name, f"must be an absolute path, not {str(found)!r}.")
    return found


def url(given: dict[str, Any], name: str, prefix: str, schemes: set[str]) -> str:
    """Return an address of one of ``schemes`` that names a host."""
    address = text(given, name, prefix)
    try:
        parts = urlsplit(address)
        usable = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise SpecError(prefix + name, f"is not an address: {error}.") from error
    if not usable:
        raise SpecError(prefix + name, f"must start with {' or '.join(sorted(schemes))}:// and name a host.")
    return address


def whole(given: dict[str, Any], name: str, prefix: str, least: int, most: int) -> int:
    """Return a whole number within bounds."""
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SpecError(prefix + name, f"must be a whole number from {least} to {most}, not {value!r}.")
    return value


def number(given: dict[str, Any], name: str, prefix: str, least: float, most: float) -> float:
    """Return a number within bounds."""
    value = given.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise SpecError(prefix + name, f"must be a number from {least} to {most}, not {value!r}.")
    return float(value)


def one_of(given: dict[str, Any], name: str, prefix: str, allowed: tuple[str, ...]) -> str:
    """Return one of a few words."""
    value = given.get(name)
    if value not in allowed:
        raise SpecError(prefix + name, f"must be one of {', '.join(allowed)}, not {value!r}.")
    return str(value)
