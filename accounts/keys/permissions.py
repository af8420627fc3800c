"""Doors that a person must go through themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission

from accounts.keys.errors import NotByProgramError
from accounts.keys.models import ApiKey
from accounts.signin import second_factor

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from accounts.people.models import User


class SignedIn(BasePermission):
    """Whoever is signed in, with a key too; a session is worth nothing before the second factor that it needs."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Tell whether the request may go on."""
        if not request.user or not request.user.is_authenticated:
            return False
        by_session = isinstance(request.successful_authenticator, SessionAuthentication)
        return not by_session or session_is_enough(request, request.user)


class PersonThemselves(SignedIn):
    """Whoever is signed in themselves: a key can neither make keys nor sign anybody in or out."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the request may go on.

        Raises:
            NotByProgramError: it came with a key.

        """
        if isinstance(request.auth, ApiKey):
            raise NotByProgramError("This is for people who sign in themselves, not for API keys.")
        return super().has_permission(request, view)


def session_is_enough(request: HttpRequest, person: User) -> bool:
    """Tell whether the session showed the second factor, where the person needs one."""
    return not second_factor.is_needed(person) or second_factor.was_given(request.session, person)
