"""Looks after sessions: ends old ones, and holds staff to a second factor.

Only requests with a session's cookie cost anything; webhooks, players and programs have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect
from django.urls import reverse

from accounts.audit.services import note
from accounts.signin import second_factor, sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

OWN_PAGES = ("/account/", "/api/v1/auth/", "/api/v1/me/")
"""Where somebody who has still to give a second factor must be known, to give it."""


class SessionMiddleware:
    """Ends a session that was idle for too long, or has gone on for too long, whatever its cookie says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next one."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the session's times, then hand on."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            if sessions.is_over(request.session):
                note("session_ended", person=request.user, request=request, because="time")
                request.session.flush()
                request.user = AnonymousUser()
            else:
                sessions.seen(request, request.user)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Keeps the console shut without a second factor; elsewhere such a session of staff is nobody's.

    It looks at sessions only: keys and tokens of programs were made by somebody who had given it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next one."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the way to the second factor, or hand on."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(OWN_PAGES):
            return self.get_response(request)
        in_console = request.path.startswith(reverse("admin:index"))
        person = request.user
        wanted = second_factor.is_needed(person) or (in_console and admin.site.has_permission(request))
        if not wanted or not person.is_authenticated or second_factor.was_given(request.session, person):
            return self.get_response(request)
        if in_console:
            return HttpResponseRedirect(f"{reverse('second_factor')}?{urlencode({'next': request.get_full_path()})}")
        request.user = AnonymousUser()
        return self.get_response(request)
