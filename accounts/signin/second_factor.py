"""Whether a session was opened with a second factor, and who needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AnonymousUser

    from accounts.people.models import User

METHOD = "mfa"
REAL = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Kinds that are a factor by themselves; recovery codes only stand in for one."""


def has_second_factor(person: User) -> bool:
    """Tell whether the person has set one up."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=REAL).exists())


def was_given(session: Mapping[str, Any], person: User) -> bool:
    """Tell whether this session showed a second factor of this person, who still has one."""
    if session.get(_AUTHENTICATION_METHODS_USER_SESSION_KEY) != user_id_to_str(person):
        return False
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return any(record.get("method") == METHOD for record in records) and has_second_factor(person)


def is_needed(person: User | AnonymousUser) -> bool:
    """Tell whether this person's session is worth nothing without one."""
    return bool(person.is_authenticated and (person.is_staff or person.is_superuser))
