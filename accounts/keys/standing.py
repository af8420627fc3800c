"""What somebody came in with, so that it can be asked again later whether it still holds.

A websocket stays open for hours. What opened it may end meanwhile: a session by signing out, a token by its sign-in,
a key by being revoked, and each of them with the person's account.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from accounts.keys import api_keys, families
from accounts.keys.claims import Claims
from accounts.keys.errors import TokenRefusedError
from accounts.keys.models import ApiKey
from accounts.people.models import User
from accounts.signin import second_factor, sessions

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class Standing:
    """A session, a token's sign-in or an API key, by what it is found with again; JSON types only.

    Attributes:
        by: which of them.
        reference: a session's key, a key's id; of a token the family's id.
        methods, version: of a token, as its claims have them.
        person_id: whose it is.

    """

    by: Literal["session", "token", "key"]
    reference: str
    person_id: str
    methods: tuple[str, ...] = ()
    version: str = ""

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Standing:
        """Return what :func:`dataclasses.asdict` made of one."""
        return cls(**{**kept, "methods": tuple(kept["methods"])})

    def person(self) -> User | None:
        """Return the person, read anew, if all of it still holds."""
        found = self._found()
        return found if found is not None and found.is_active else None

    def auth(self) -> object:
        """Return what scopes are asked with: the key as it is now, None for a person themselves."""
        return ApiKey.objects.filter(pk=self.reference).first() if self.by == "key" else None

    def _found(self) -> User | None:
        if self.by == "session":
            return _of_session(self.reference, self.person_id)
        if self.by == "token":
            return _of_token(self)
        key = ApiKey.objects.select_related("person").filter(pk=self.reference).first()
        return key.person if key is not None and api_keys.holds(key) else None


def standing_of(request: HttpRequest, auth: object) -> Standing:
    """Return what this request came in with; its person is signed in."""
    person_id = str(request.user.pk)
    if isinstance(auth, ApiKey):
        return Standing("key", str(auth.pk), person_id)
    if isinstance(auth, Claims):
        return of_claims(auth)
    return Standing("session", request.session.session_key or "", person_id)


def of_claims(claims: Claims) -> Standing:
    """Return the sign-in that an access token belongs to."""
    return Standing("token", str(claims.family_id), str(claims.person_id), claims.methods, claims.version)


def _of_session(key: str, person_id: str) -> User | None:
    store = cast("Any", import_module(settings.SESSION_ENGINE)).SessionStore(key)
    session = store.load() if key else {}
    if str(session.get(SESSION_KEY, "")) != person_id or sessions.is_over(session):
        return None
    person = User.objects.filter(pk=person_id).first()
    if person is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
        return None
    return None if second_factor.is_needed(person) and not second_factor.was_given(session, person) else person


def _of_token(standing: Standing) -> User | None:
    never = datetime(2000, 1, 1, tzinfo=UTC)
    claims = Claims(
        person_id=uuid.UUID(standing.person_id),
        family_id=uuid.UUID(standing.reference),
        serial=0,
        methods=standing.methods,
        version=standing.version,
        kind="access",
        issued_at=never,
        expires_at=never,
        token_id="",
    )
    try:
        return families.still_holds(claims)
    except TokenRefusedError:
        return None
