"""A browser's word for itself, in words that people know."""

from __future__ import annotations

from functools import lru_cache

from ua_parser import parse

UNKNOWN = "An unknown device"
LONGEST = 200
"""So much of what a browser says is looked at: its patterns are many, and it can say anything."""


@lru_cache(maxsize=1024)
def device(agent: str) -> str:
    """Return browser and system, as in ``Firefox on Windows``, from a ``User-Agent`` header.

    Patterns: the ua-parser project's (https://github.com/ua-parser/uap-core).
    """
    found = parse(agent[:LONGEST])
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or UNKNOWN
