"""Says whose doing a request's changes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.audit import acting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class Acting:
    """Names each request for what it changes; a pointer is kept, nothing is asked of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Stand before ``get_response``."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        with acting.serving(request):
            return self._get_response(request)
