"""Presenters' stream keys: 192 random bits, of which only a keyed digest is kept."""

from __future__ import annotations

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from streaming.ingest.models import PresenterKey

KEY_BYTES = 24
KEY_LIMIT = 128
HINT_LENGTH = 4
SALT = "longwave.presenter.key"


def make_key() -> str:
    """Return a new key: letters, digits, ``-`` and ``_``, so that every encoder takes it as it stands."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest_of(key: str) -> str:
    """Return what is kept of a key: worthless without SECRET_KEY."""
    return salted_hmac(SALT, key, algorithm="sha256").hexdigest()


def find_key(key: str) -> PresenterKey | None:
    """Return the key's row, revoked or not.

    What is looked up and compared is the keyed digest, so neither the index nor the comparison tells by its time how
    much of a guessed key was right.
    """
    digest = digest_of(key[:KEY_LIMIT])
    row = PresenterKey.objects.filter(digest=digest).first()
    if row is None or not constant_time_compare(row.digest, digest):
        return None
    return row
