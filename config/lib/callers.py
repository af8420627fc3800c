"""Who calls: the address that our own proxies report, and nothing that a caller can write."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the caller's IP address.

    Without proxies of ours (``TRUSTED_PROXIES=0``) it is the connection's; with N, the N-th from the end of
    ``X-Forwarded-For``: that entry was written by the outermost of them, whatever stands before it by anybody.
    ``None``: the connection has no address (a unix socket), or what a proxy says is none.
    """
    return address_of(request.META.get("HTTP_X_FORWARDED_FOR", ""), request.META.get("REMOTE_ADDR", ""))


def address_of(forwarded: str, remote: str) -> str | None:
    """Do the same for what is no request, such as a websocket: ``X-Forwarded-For``, and the connection's own end."""
    proxies = settings.TRUSTED_PROXIES
    told = [part.strip() for part in forwarded.split(",") if part.strip()]
    text = told[-proxies] if proxies and len(told) >= proxies else remote
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
