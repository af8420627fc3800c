"""The verbs of codes by text message: ask for one, show it, keep the number it proved.

Whether a number is somebody's is told by nothing: the same rows are written, the same hash is reckoned and the same
task is queued for a number that nobody has; only the worker, whom nobody waits for, sends nothing then.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.audit.services import note
from accounts.people import services as people
from accounts.people.phones import e164
from accounts.signin import tries
from accounts.signin.models import PhoneChallenge
from accounts.signin.phone import codes, tasks
from accounts.signin.phone.errors import CodeRefusedError, NotQueuedError
from accounts.signin.phone.providers import provider
from config.lib import limits, vault

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.people.models import User

Purpose = PhoneChallenge.Purpose


@dataclass(frozen=True)
class Asked:
    """What the asker keeps: without both, a code that is read over somebody's shoulder opens nothing."""

    challenge: UUID
    secret: str
    expires_at: datetime


def ask_to_sign_in(*, phone: str, request: HttpRequest) -> Asked:
    """Have a code sent to a number, if somebody has it.

    Raises:
        PhoneOffError, PhoneRefusedError, TooManyError, NotQueuedError: as they say; no code was sent.

    """
    number = _allowed_number(phone, request)
    person = get_user_model().objects.filter(phone=number, is_active=True).first()
    return _ask(number, person, Purpose.SIGN_IN, request)


def ask_for_number(*, person: User, phone: str, request: HttpRequest) -> Asked:
    """Have a code sent to a number that this person says is theirs; whose it is now, nobody is told.

    Raises:
        PhoneOffError, PhoneRefusedError, TooManyError, NotQueuedError: as they say; no code was sent.

    """
    return _ask(_allowed_number(phone, request), person, Purpose.NUMBER, request)


def sign_in(*, challenge: UUID | str, secret: str, code: str, request: HttpRequest) -> tuple[PhoneChallenge, User]:
    """Show a code; return its challenge, which is to be taken with :func:`take`, and whose account it opens.

    Raises:
        CodeRefusedError, TooManyError: it opens nothing.

    """
    found = _shown(challenge, secret, code, Purpose.SIGN_IN, request)
    if found.person is None or not found.person.is_active:
        raise CodeRefusedError
    return found, found.person


def take(challenge: PhoneChallenge) -> None:
    """Use a code up; of two at once, one.

    Raises:
        CodeRefusedError: it was used a moment ago.

    """
    if not PhoneChallenge.objects.filter(pk=challenge.pk, used_at=None).update(used_at=timezone.now()):
        raise CodeRefusedError


def keep_number(*, person: User, challenge: UUID | str, secret: str, code: str, request: HttpRequest) -> User:
    """Show a code, and keep the number it was sent to as this person's.

    Raises:
        CodeRefusedError, TooManyError: the code proves nothing.
        PhoneRefusedError: the number is somebody else's; only who holds the phone gets to know it.

    """
    found = _shown(challenge, secret, code, Purpose.NUMBER, request)
    if found.person_id != person.pk:
        raise CodeRefusedError
    take(found)
    people.set_phone(person=person, phone=found.phone, request=request)
    _write("phone_added", person, found.phone, request)
    return person


def forget_number(*, person: User, request: HttpRequest) -> None:
    """Forget a person's number, if there is one; they get a letter, for it may not have been them."""
    number = person.phone
    people.remove_phone(person=person, request=request)
    if number:
        _write("phone_removed", person, number, request)


def _allowed_number(phone: str, request: HttpRequest) -> str:
    provider()
    number = e164(phone)
    tries.demand_noted(
        request,
        ("phone.address", limits.caller_key(request)),
        ("phone.number_at_once", number),
        ("phone.number", number),
        ("phone.all", ""),
        who=_ending(number),
    )
    return number


def _ask(number: str, person: User | None, purpose: Purpose, request: HttpRequest) -> Asked:
    """Write the challenge down and queue its message: the same work, whoever is there."""
    code, secret, now = codes.new_code(), codes.new_secret(), timezone.now()
    row = PhoneChallenge.objects.create(
        purpose=purpose,
        phone=number,
        person=person,
        code_hash=codes.hashed(code),
        bound_to=codes.digest(secret),
        created_at=now,
        expires_at=now + timedelta(minutes=codes.MINUTES),
    )
    note("code_sent", request=request, who=_ending(number), purpose=str(purpose))
    sealed = base64.b64encode(vault.seal(code, purpose=tasks.purpose(row.pk))).decode()
    try:
        tasks.send_code.delay(str(row.pk), sealed)
    except OperationalError as error:
        raise NotQueuedError("No code can be sent at the moment. Sign in by e-mail, or try again soon.") from error
    return Asked(challenge=row.pk, secret=secret, expires_at=row.expires_at)


def _shown(challenge: UUID | str, secret: str, code: str, purpose: Purpose, request: HttpRequest) -> PhoneChallenge:
    """Count a try, then compare.

    1. Limits by address and by number, over all challenges. 2. One UPDATE counts the try, and only while there are
    tries left, so that of any number at once five get past it. 3. The slow comparison.
    """
    tries.demand_noted(request, ("phone.tries_address", limits.caller_key(request)))
    open_ones = PhoneChallenge.objects.filter(
        pk=_uuid(challenge),
        bound_to=codes.digest(secret),
        purpose=purpose,
        used_at=None,
        expires_at__gt=timezone.now(),
        tries__lt=codes.TRIES,
    )
    found = open_ones.select_related("person").first()
    if found is None:
        raise _refused(request, "")
    tries.demand_noted(request, ("phone.tries", found.phone), who=_ending(found.phone))
    with transaction.atomic(durable=True):
        counted = open_ones.update(tries=F("tries") + 1)
    if not counted or not codes.is_right(code, found.code_hash):
        raise _refused(request, found.phone)
    return found


def _write(letter: str, person: User, number: str, request: HttpRequest) -> None:
    """Tell a person that the ways into their account have changed."""
    get_adapter(request).send_notification_mail(f"account/email/{letter}", person, {"ending": number[-3:]})


def _refused(request: HttpRequest, number: str) -> CodeRefusedError:
    note("code_refused", refused=True, request=request, who=_ending(number))
    return CodeRefusedError()


def _uuid(text: UUID | str) -> UUID:
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError:
        raise CodeRefusedError from None


def _ending(number: str) -> str:
    """Return what is written down of a number."""
    return f"…{number[-3:]}" if number else ""
