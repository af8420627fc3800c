"""The keys that sign tokens: made when first needed, sealed at rest, replaced in time, found by ``kid`` here only."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.audit.services import note
from accounts.keys.models import SigningKey
from config.lib.vault import SealBrokenError, seal, unseal

log = structlog.get_logger(__name__)
BITS = 2048
PUBLIC_EXPONENT = 65537
KNOWN_FOR_SECONDS = 60.0
"""So long a process goes on with the keys it has read; one that was distrusted is refused everywhere after that."""

LOOK_AGAIN_SECONDS = 5.0
"""For a key it has not seen a process looks again, but no more often than this."""

_LOCK_NUMBER = 0x4C57_4B45_59  # of PostgreSQL's advisory lock: one process makes a key


@dataclass(frozen=True)
class KeySet:
    """The keys as they were read; ``read_at`` is monotonic seconds."""

    kid: str
    private: RSAPrivateKey
    public: Mapping[str, RSAPublicKey]
    read_at: float


_lock = threading.Lock()
_known: KeySet | None = None


def signer() -> tuple[str, RSAPrivateKey]:
    """Return the key that signs now and its id; makes the first one."""
    keys = _keys(KNOWN_FOR_SECONDS)
    return keys.kid, keys.private


def verifier(kid: str) -> RSAPublicKey | None:
    """Return the public key of that id, if it is one of ours."""
    found = _keys(KNOWN_FOR_SECONDS).public.get(kid)
    return found or _keys(LOOK_AGAIN_SECONDS).public.get(kid)


def key_set_document() -> dict[str, Any]:
    """Return the public keys as a JWK set (RFC 7517)."""
    return {"keys": [_jwk(kid, key) for kid, key in _keys(KNOWN_FOR_SECONDS).public.items()]}


def rotate(*, distrust: bool = False) -> SigningKey:
    """Sign with a new key from now on. The old ones go on being believed until what they signed has run out.

    With ``distrust`` they are deleted: every token out there is refused, and all programs sign in anew.
    """
    with transaction.atomic():
        _one_at_a_time()
        old = SigningKey.objects.filter(retired_at=None)
        if distrust:
            SigningKey.objects.all().delete()
        else:
            old.update(retired_at=timezone.now())
        made = _make()
    forget()
    note("signing_key_rotated", kid=made.pk, distrusted=distrust)
    return made


def rotate_if_due() -> SigningKey | None:
    """Replace the signing key when it is old, and delete those that nothing valid is signed with any more."""
    now = timezone.now()
    SigningKey.objects.filter(retired_at__lt=now - settings.REFRESH_TOKEN_LIFETIME).delete()
    newest = SigningKey.objects.filter(retired_at=None).first()
    if newest is None or newest.created_at > now - settings.SIGNING_KEY_LIFETIME:
        return None
    return rotate()


def ensure() -> None:
    """Make the first key if there is none yet."""
    _keys(KNOWN_FOR_SECONDS)


def forget() -> None:
    """Read the keys again when they are needed next."""
    global _known  # noqa: PLW0603 - this process's copy of the table
    with _lock:
        _known = None


def _keys(at_most_old: float) -> KeySet:
    global _known  # noqa: PLW0603 - the same
    with _lock:
        if _known is None or time.monotonic() - _known.read_at > at_most_old:
            _known = _read()
        return _known


def _read() -> KeySet:
    """Read all keys; a first one, or one in place of one that cannot be unsealed any more, is made."""
    rows = list(SigningKey.objects.all())
    for row in rows:
        if row.retired_at is None and (private := _private(row)) is not None:
            return KeySet(row.pk, private, {r.pk: _public(r) for r in rows}, time.monotonic())
    with transaction.atomic():
        _one_at_a_time()
        fresh = list(SigningKey.objects.filter(retired_at=None).exclude(pk__in=[row.pk for row in rows]))
        if not fresh:
            SigningKey.objects.filter(retired_at=None).update(retired_at=timezone.now())
            _make()
    return _read()


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_NUMBER])


def _make() -> SigningKey:
    key = generate_private_key(PUBLIC_EXPONENT, BITS)
    kid = secrets.token_hex(8)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return SigningKey.objects.create(
        kid=kid,
        sealed_private=seal(pem, purpose=purpose(kid)),
        public=public.decode("ascii"),
        created_at=timezone.now(),
    )


def purpose(kid: str) -> str:
    """Return what the vault binds a private key to."""
    return f"signing-key:{kid}"


def _private(row: SigningKey) -> RSAPrivateKey | None:
    try:
        pem = unseal(bytes(row.sealed_private), purpose=purpose(row.pk))
    except SealBrokenError:
        log.exception("keys.signing_key_unreadable", kid=row.pk)
        return None
    key = serialization.load_pem_private_key(pem.encode("ascii"), password=None)
    return key if isinstance(key, RSAPrivateKey) else None


def _public(row: SigningKey) -> RSAPublicKey:
    key = serialization.load_pem_public_key(row.public.encode("ascii"))
    if not isinstance(key, RSAPublicKey):
        message = f"The signing key {row.pk} is no RSA key."
        raise TypeError(message)
    return key


def _jwk(kid: str, key: RSAPublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": _base64(numbers.n), "e": _base64(numbers.e)}


def _base64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
