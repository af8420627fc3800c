"""Sessions of browsers: how long one goes on, which ones a person has, and ending them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.audit.services import note
from accounts.signin.devices import device
from config.lib.callers import client_address
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from datetime import datetime

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

    from accounts.people.models import User

BEGAN, SEEN = "signed_in_at", "seen_at"
TICK_SECONDS = 60
"""A session's last use is written down at most so often."""


class SessionUnknownError(LongwaveError):
    """No such session of this person goes on."""

    status: ClassVar[int] = 404
    title: ClassVar[str] = "Not found"


@dataclass(frozen=True)
class Listed:
    """One session as its person sees it; ``id`` tells nothing of the cookie."""

    id: str
    device: str
    ip: str
    began_at: datetime
    seen_at: datetime
    current: bool


def begin(session: MutableMapping[str, Any]) -> None:
    """Count from now."""
    session[BEGAN] = session[SEEN] = int(time.time())


def is_over(session: Mapping[str, Any]) -> bool:
    """Tell whether a session has gone on too long, or was idle for too long (``SESSION_HOURS``, ``…IDLE_MINUTES``)."""
    now = time.time()
    if BEGAN not in session:
        return False
    return bool(
        now - session[BEGAN] > settings.SESSION_COOKIE_AGE or now - session[SEEN] > settings.SESSION_IDLE_SECONDS
    )


def seen(request: HttpRequest, person: User) -> None:
    """Write down that a session is in use, once a minute; of address and device the first stay."""
    session = request.session
    if BEGAN not in session:
        begin(session)
    elif time.time() - session[SEEN] < TICK_SECONDS:
        return
    session[SEEN] = int(time.time())
    now = timezone.now()
    first = {
        "user": person,
        "ip": client_address(request) or "0.0.0.0",  # noqa: S104 - stands for an address that is not known
        "user_agent": request.headers.get("User-Agent", "")[:200],
    }
    UserSession.objects.update_or_create(
        session_key=session.session_key, defaults={"last_seen_at": now}, create_defaults={**first, "last_seen_at": now}
    )


def going_on(person: User, session: SessionBase | None = None) -> list[Listed]:
    """Return a person's sessions, the one in use last first; rows of ended ones are cleared away."""
    current = session.session_key if session is not None else None
    living = [row for row in UserSession.objects.purge_and_list(person) if not _is_stale(row)]
    return [_listed(row, current) for row in sorted(living, key=lambda row: row.last_seen_at, reverse=True)]


def end_one(*, person: User, listed_id: str, request: HttpRequest) -> None:
    """End one session of a person.

    Raises:
        SessionUnknownError: there is none like it.

    """
    for row in UserSession.objects.filter(user=person):
        if constant_time_compare(_id(row), listed_id):
            row.end()
            note("session_ended", person=person, request=request, because="ended by the person")
            return
    raise SessionUnknownError("There is no such session any more.")


def end_others(*, person: User, request: HttpRequest, because: str = "ended by the person") -> int:
    """End every session of a person but the one that asks; return how many there were."""
    others = UserSession.objects.filter(user=person).exclude(session_key=request.session.session_key or "")
    ended = 0
    for row in others:
        row.end()
        ended += 1
    if ended:
        note("session_ended", person=person, request=request, because=because, ended=ended)
    return ended


def keep_at_most(*, person: User, request: HttpRequest) -> None:
    """End those used longest ago, so that there is room for the one that begins."""
    rows = [row for row in UserSession.objects.purge_and_list(person) if row.session_key != request.session.session_key]
    rows.sort(key=lambda row: row.last_seen_at, reverse=True)
    for row in rows[settings.SESSIONS_AT_ONCE - 1 :]:
        row.end()
        note("session_ended", person=person, request=request, because="too many")


def _is_stale(row: UserSession) -> bool:
    """Tell whether nothing came from it for so long that its next request would end it."""
    now = timezone.now()
    idle = timedelta(seconds=settings.SESSION_IDLE_SECONDS + TICK_SECONDS)
    return bool(now - row.last_seen_at > idle or now - row.created_at > timedelta(seconds=settings.SESSION_COOKIE_AGE))


def _listed(row: UserSession, current: str | None) -> Listed:
    return Listed(
        id=_id(row),
        device=device(row.user_agent),
        ip="" if row.ip == "0.0.0.0" else row.ip,  # noqa: S104 - the same
        began_at=row.created_at,
        seen_at=row.last_seen_at,
        current=row.session_key == current,
    )


def _id(row: UserSession) -> str:
    return salted_hmac("accounts.signin.session", row.session_key, algorithm="sha256").hexdigest()[:32]
