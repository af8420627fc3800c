"""Who a program says it signs in for: address, password and, where the person has one, a code of a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate

from accounts.audit.services import note
from accounts.keys.claims import SECOND_FACTOR
from accounts.keys.errors import ProofRefusedError, SecondFactorWantedError
from accounts.signin import codes, second_factor, tries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.people.models import User


def prove(*, request: HttpRequest, email: str, password: str, code: str = "") -> tuple[User, tuple[str, ...]]:
    """Return the person and the methods shown (RFC 8176: ``pwd``, ``otp``, ``mfa``).

    Raises:
        ProofRefusedError: not right, or the account may not sign in like this.
        SecondFactorWantedError: a code must come with it.
        TooManyError: too many tries; nothing was looked at.

    """
    person = authenticate(request, email=email, password=password)
    if person is None:
        raise _refused(request, "Address or password is not right.", who=email)
    return person, with_second_factor(request=request, person=person, shown="pwd", code=code)


def with_second_factor(*, request: HttpRequest, person: User, shown: str, code: str) -> tuple[str, ...]:
    """Return the methods shown, after the first one (``pwd``, ``sms``) was right: the second too, where there is one.

    Raises:
        ProofRefusedError, SecondFactorWantedError, TooManyError: as :func:`prove` does.

    """
    if not EmailAddress.objects.filter(user_id=person.pk, verified=True).exists():
        raise _refused(request, "Confirm your e-mail address first: the link was sent to it.", person=person)
    if not second_factor.has_second_factor(person):
        if second_factor.is_needed(person):
            raise _refused(
                request, "Your role needs a second factor. Set one up on the page of your account first.", person=person
            )
        return (shown,)
    if not code:
        raise SecondFactorWantedError("Send a code of your second factor, or a recovery code, too.", field="code")
    tries.count_second_factor(request, person)
    if codes.use(person=person, code=code) is None:
        raise _refused(request, "The code is not right, or was used before.", person=person, field="code")
    tries.second_factor_was_right(person)
    return (shown, "otp", SECOND_FACTOR)


def _refused(
    request: HttpRequest, detail: str, *, person: User | None = None, who: str = "", field: str = ""
) -> ProofRefusedError:
    note("sign_in", refused=True, person=person, who=who, request=request, door="token", reason=detail)
    return ProofRefusedError(detail, field=field)
