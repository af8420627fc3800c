"""An authenticator app for tests."""

from __future__ import annotations

import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

PERIOD = 30


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows, so many half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + steps)))


def set_up(person) -> str:
    """Give the person an app, and return its secret."""
    secret = str(generate_totp_secret())
    TOTP.activate(person, secret)
    return secret


def secret_of(person) -> str:
    """The secret that lies sealed in the person's row."""
    row = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    return str(get_adapter().decrypt(row.data["secret"]))
