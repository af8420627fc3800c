"""The keys that secrets are sealed with: from outside the database, each named by what it is, the first one seals.

A ring is text: a line (or what stands between commas) per key, 32 random bytes in URL-safe base64; ``#`` begins a
comment. It comes from a file, which is read anew when it changes, or from the environment. Behind it stand the keys
that follow from ``SECRET_KEY`` and the ones before it: without a ring the first of these seals.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
ID_BYTES = 4


class KeyRingError(ValueError):
    """The ring cannot be used; the text names the line, never what stands in it."""


@dataclass(frozen=True)
class Key:
    """One key; ``derived``: it follows from a SECRET_KEY."""

    secret: bytes = field(repr=False)
    derived: bool = False

    @cached_property
    def id(self) -> bytes:
        """Four bytes that name it and tell nothing about it."""
        digest = Hash(SHA256())
        digest.update(b"longwave.vault.id" + self.secret)
        return digest.finalize()[:ID_BYTES]

    @property
    def name(self) -> str:
        """The id, to be read."""
        return self.id.hex()


def ring() -> tuple[Key, ...]:
    """Return all keys; the first one seals.

    Raises:
        KeyRingError: a line is no key.

    """
    return (*parse(_text()), *_derived(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def parse(text: str) -> tuple[Key, ...]:
    """Return the keys of a ring's text.

    Raises:
        KeyRingError: a line is no key.

    """
    found: list[Key] = []
    for number, line in enumerate(text.splitlines(), start=1):
        keys = (words.strip() for words in line.partition("#")[0].split(","))
        found += [Key(_bytes(words, number)) for words in keys if words]
    return tuple(dict.fromkeys(found))


def new_line() -> str:
    """Return a new key as a ring's line."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def write(file: Path, keys: list[Key]) -> None:
    """Keep a ring in a file that its owner alone reads; whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    lines = [f"{base64.urlsafe_b64encode(key.secret).decode()}  # {key.name}\n" for key in keys]
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write("# What seals stored secrets; the first line seals, all are read. See docs/security.md.\n")
            out.writelines(lines)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _bytes(words: str, number: int) -> bytes:
    try:
        secret = base64.urlsafe_b64decode(words.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise KeyRingError(f"Line {number} of the key ring is no key: make one with “manage.py vault add”.") from error
    if len(secret) != KEY_BYTES or len(set(secret)) < KEY_BYTES // 4:
        raise KeyRingError(f"Line {number} of the key ring is not {KEY_BYTES} random bytes: “manage.py vault add”.")
    return secret


def _text() -> str:
    file: Path | None = settings.VAULT_KEYS_FILE
    if file is None:
        return str(settings.VAULT_KEYS)
    try:
        status = file.stat()
    except FileNotFoundError:
        return ""
    return _read(file, status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int, _inode: int) -> str:
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def _derived(*secret_keys: str) -> tuple[Key, ...]:
    return tuple(Key(_derive(secret_key), derived=True) for secret_key in secret_keys)


def _derive(secret_key: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"longwave.vault.v1")
    return hkdf.derive(secret_key.encode())
