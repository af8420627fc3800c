"""What a person has: address, second factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.signin import second_factor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.people.models import User


@dataclass(frozen=True)
class OwnAddress:
    """The address a person signs in with; ``waiting`` takes its place when it is confirmed."""

    email: str
    confirmed: bool
    waiting: str


@dataclass(frozen=True)
class SecondFactor:
    """What a person has set up, and whether this session gave it."""

    on: bool
    needed: bool
    given: bool
    app: bool
    passkeys: int
    recovery_codes_left: int


def own_address(person: User) -> OwnAddress:
    """Return a person's address and the one that waits."""
    rows = {row.email: row.verified for row in EmailAddress.objects.filter(user=person)}
    waiting = next((email for email, verified in rows.items() if not verified and email != person.email), "")
    return OwnAddress(email=person.email, confirmed=rows.get(person.email, False), waiting=waiting)


def second_factor_state(person: User, session: Mapping[str, Any]) -> SecondFactor:
    """Return how a person's second factor stands."""
    rows = list(Authenticator.objects.filter(user_id=person.pk))
    kinds = [row.type for row in rows]
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    passkeys = kinds.count(Authenticator.Type.WEBAUTHN)
    app = Authenticator.Type.TOTP in kinds
    return SecondFactor(
        on=app or passkeys > 0,
        needed=second_factor.is_needed(person),
        given=second_factor.was_given(session, person),
        app=app,
        passkeys=passkeys,
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
    )
