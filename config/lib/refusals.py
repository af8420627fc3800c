"""Turns callers away that keep showing the API credentials which are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from config.lib import limits
from config.lib.problem import problem_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

NAME = "refused.address"
API = "/api/"
UNAUTHORIZED = 401


class Refusals:
    """A middleware. Over the limit nothing is looked up any more: neither a key nor a token, right or wrong."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next one."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 429, or hand on and count a refusal."""
        if "Authorization" not in request.headers or not request.path.startswith(API):
            return self.get_response(request)
        most, seconds = settings.LIMITS[NAME]
        caller = limits.caller_key(request)
        verdict = limits.is_over(NAME, caller, most=most, seconds=seconds)
        if not verdict.allowed:
            return problem_response(limits.TooManyError(retry_after=verdict.retry_after))
        response = self.get_response(request)
        if response.status_code == UNAUTHORIZED:
            limits.allow(NAME, caller, most=most, seconds=seconds)
        return response
