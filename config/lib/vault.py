"""Seals secrets that must be read back, such as stream keys: AES-256-GCM under a key that never lies in the database.

A dump of the database so holds no usable secret. What is sealed names its key, so keys can change while everything goes
on (``config.lib.key_ring``, ``manage.py vault``). Values from before there were rings name none and are read as well.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.lib.key_ring import ID_BYTES, Key, ring

NONCE_BYTES = 12
MARK = b"\x00LW2"
"""What begins a sealed value that names its key; one of the older form does so by chance, and is tried too."""


class SealBrokenError(ValueError):
    """The sealed value was made with a key that is gone, or was changed."""


def seal(plain: str, *, purpose: str) -> bytes:
    """Encrypt; ``purpose`` binds the result to one use, e.g. a row's table and id."""
    key = ring()[0]
    head = MARK + key.id
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + AESGCM(key.secret).encrypt(nonce, plain.encode(), head + purpose.encode())


def unseal(sealed: bytes, *, purpose: str) -> str:
    """Decrypt what :func:`seal` made for the same purpose.

    Raises:
        SealBrokenError: the key it was sealed with is gone, or the bytes changed.

    """
    data = bytes(sealed)
    head = data[: len(MARK) + ID_BYTES]
    for key in ring():
        if head == MARK + key.id:
            plain = _opened(key, data[len(head) :], head + purpose.encode())
        elif key.derived:
            plain = _opened(key, data, purpose.encode())
        else:
            continue
        if plain is not None:
            return plain
    raise SealBrokenError(
        "A stored secret cannot be read: neither SECRET_KEY nor the key ring has the key it was stored with. "
        "Enter it again."
    )


def key_name(sealed: bytes) -> str:
    """Return the name of the key that a value was sealed with; empty: from before there were names."""
    data = bytes(sealed)
    return data[len(MARK) : len(MARK) + ID_BYTES].hex() if data.startswith(MARK) else ""


def _opened(key: Key, data: bytes, bound: bytes) -> str | None:
    try:
        return AESGCM(key.secret).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bound).decode()
    except (InvalidTag, ValueError):
        return None
