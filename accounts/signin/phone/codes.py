"""Makes codes and what binds them, and compares them."""

from __future__ import annotations

import hashlib
import secrets

from django.contrib.auth.hashers import check_password, make_password

DIGITS = 6
MINUTES = 10
TRIES = 5
SECRET_BYTES = 32


def new_code() -> str:
    """Return six digits that nobody can foresee."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_secret() -> str:
    """Return what the asking browser or program keeps, 256 bits: without it a code is worth nothing."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret. It is random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hashed(code: str) -> str:
    """Return what is kept of a code: salted and slow like a password, for a million codes are soon tried."""
    return make_password(code)


def is_right(code: str, kept: str) -> bool:
    """Compare a code with what is kept, in constant time."""
    return check_password(code, kept)
