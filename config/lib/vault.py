"""Seals secrets that must be read back, such as stream keys: AES-256-GCM under a key derived from SECRET_KEY.

The key never lies in the database, so a dump of it holds no usable secret (control 26).
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


class SealBrokenError(ValueError):
    """The sealed value was made with another SECRET_KEY, or was changed."""


def seal(plain: str, *, purpose: str) -> bytes:
    """Encrypt; ``purpose`` binds the result to one use, e.g. a row's table and id."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key()).encrypt(nonce, plain.encode(), purpose.encode())


def unseal(sealed: bytes, *, purpose: str) -> str:
    """Decrypt what :func:`seal` made for the same purpose.

    Raises:
        SealBrokenError: the SECRET_KEY changed, or the bytes did.

    """
    data = bytes(sealed)
    try:
        return AESGCM(_key()).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], purpose.encode()).decode()
    except InvalidTag as error:
        message = "A stored secret cannot be read: SECRET_KEY is not the one it was stored with. Enter it again."
        raise SealBrokenError(message) from error


def _key() -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"longwave.vault.v1").derive(
        settings.SECRET_KEY.encode(),
    )
