"""How an API key is written: ``lw_``, nine characters that name it, 43 that prove it (256 bits)."""

from __future__ import annotations

import hashlib
import secrets
import string

START = "lw_"
PREFIX_LENGTH = 12
SECRET_LENGTH = 43
LONGEST = 200
"""Nothing longer is looked up."""
ALPHABET = string.ascii_letters + string.digits


def make_text() -> str:
    """Return a new key; letters and digits only, so that a double click takes all of it."""
    return START + "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_LENGTH - len(START) + SECRET_LENGTH))


def prefix_of(text: str) -> str:
    """Return the part that names a key; it may be shown."""
    return text[:PREFIX_LENGTH]


def digest_of(text: str) -> str:
    """Return the digest that is kept. Keys are random, so a fast one will do (NIST SP 800-63B, 5.1.2.2)."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
