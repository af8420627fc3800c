"""What every answer tells the browser: where content may come from (CSP), and which devices no page of ours asks for.

The policy is in ``config/settings/security.py``: everything from here, nothing inline without the answer's nonce
(``{{ request.csp_nonce }}``), framed by nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    class CSPMiddleware:
        """django-csp's middleware, as far as it is used here; it has no types."""

        get_response: Any

        def process_request(self, request: HttpRequest) -> None:
            """Give the request its nonce, made when a template asks for it."""

        def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
            """Add the header."""
else:
    from csp.middleware import CSPMiddleware


class BrowserRules(CSPMiddleware):
    """Adds Content-Security-Policy and Permissions-Policy to every answer."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """Do it without two changes of threads: nothing here waits."""
        self.process_request(request)
        return self.process_response(request, await self.get_response(request))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add both, unless a view has said otherwise."""
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        # Said again: the API's own page would open it for sign-ins in other windows, which there are none of.
        response.headers["Cross-Origin-Opener-Policy"] = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
        return super().process_response(request, response)
