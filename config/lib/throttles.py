"""How often the API may be called, by address and by account (``settings.LIMITS``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from config.lib import limits

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class _Rate(BaseThrottle):
    """Counts a request under one name; DRF answers 429 with ``Retry-After`` when it is one too many."""

    name = ""

    def key(self, request: Request) -> str | None:
        """Return who calls, or None where this rate is not for them."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Tell whether this caller is within the rate."""
        key = self.key(request)
        if key is None:
            return True
        most, seconds = settings.LIMITS[self.name]
        self.verdict = limits.allow(self.name, key, most=most, seconds=seconds)
        return self.verdict.allowed

    def wait(self) -> float:
        """Return the seconds to wait."""
        return self.verdict.retry_after


class AnonymousRate(_Rate):
    """Limits callers without an account, by the address the trusted proxies report."""

    name = "api.address"

    def key(self, request: Request) -> str | None:
        """Return the address of somebody who is not signed in."""
        return None if request.user and request.user.is_authenticated else limits.caller_key(request)


class AccountRate(_Rate):
    """Limits each account, whatever it calls with."""

    name = "api.account"

    def key(self, request: Request) -> str | None:
        """Return whose account it is."""
        return str(request.user.pk) if request.user and request.user.is_authenticated else None
