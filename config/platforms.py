"""Reads what the environment says of the platforms; what cannot be used is an error that names the variable."""

from __future__ import annotations

from urllib.parse import urlsplit

from config.env import EnvironmentValueError

LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


def base_url(name: str, value: str) -> str:
    """Return an address without a slash at its end; tokens go there, so only this machine may do without TLS.

    Raises:
        EnvironmentValueError: it is no https address.

    """
    parts = urlsplit(value)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL):
        return value.rstrip("/")
    raise EnvironmentValueError(f"{name} must begin with https:// (http:// on this machine only), not {value!r}.")


def unit_costs(name: str, pairs: list[str]) -> dict[str, int]:
    """Return ``method=units`` pairs, e.g. ``liveBroadcasts.insert=50``, as a table.

    Raises:
        EnvironmentValueError: a pair has another form.

    """
    found = {}
    for pair in pairs:
        method, _, units = pair.partition("=")
        if not method.strip() or not units.strip().isdecimal():
            raise EnvironmentValueError(f"{name} must be written like liveStreams.list=1,videos.list=1, not {pair!r}.")
        found[method.strip()] = int(units)
    return found
