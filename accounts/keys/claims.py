"""What a token says (RFC 7519, 8725): written and read here only, RS256 and our own keys only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import jwt
from django.conf import settings

from accounts.keys import signing
from accounts.keys.errors import TokenRefusedError

Kind = Literal["access", "refresh"]
ALGORITHM = "RS256"
LONGEST = 4096
"""Characters; nothing longer is looked at."""

HEADER = {"alg", "kid", "typ"}
NEEDED = ["iss", "aud", "sub", "exp", "iat", "jti", "type", "fam", "ser", "amr", "ver"]
SECOND_FACTOR = "mfa"
"""In ``amr`` (RFC 8176): the sign-in had a second factor."""

NOT_OURS = "This is not a token of this station's server. Sign in again."


@dataclass(frozen=True)
class Claims:
    """One token's content.

    Attributes:
        person_id: whose it is (``sub``).
        family_id: the sign-in it comes from (``fam``).
        serial: the family's number when it was made (``ser``).
        methods: how the person signed in (``amr``): ``pwd``, ``otp``, ``mfa`` …
        version: changes with the person's password (``ver``).
        kind: ``access`` or ``refresh``.
        issued_at: when it was made, UTC.
        expires_at: when it ends, UTC.
        token_id: ``jti``.

    """

    person_id: uuid.UUID
    family_id: uuid.UUID
    serial: int
    methods: tuple[str, ...]
    version: str
    kind: Kind
    issued_at: datetime
    expires_at: datetime
    token_id: str

    @property
    def has_second_factor(self) -> bool:
        """Tell whether the sign-in had a second factor."""
        return SECOND_FACTOR in self.methods


def write(claims: Claims) -> str:
    """Sign the claims with the key of today."""
    kid, private = signing.signer()
    body = {
        "iss": settings.JWT_ISSUER,
        "aud": settings.JWT_AUDIENCE,
        "sub": str(claims.person_id),
        "iat": int(claims.issued_at.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
        "jti": claims.token_id,
        "type": claims.kind,
        "fam": str(claims.family_id),
        "ser": claims.serial,
        "amr": list(claims.methods),
        "ver": claims.version,
    }
    return jwt.encode(body, private, algorithm=ALGORITHM, headers={"kid": kid})


def read(text: str, *, kind: Kind) -> Claims:
    """Check a token and return what it says.

    Raises:
        TokenRefusedError: it is not ours, of another kind, for somebody else, or has run out.

    """
    if len(text) > LONGEST:
        raise TokenRefusedError(NOT_OURS)
    try:
        body = _verified(text)
        found = _claims(body)
    except jwt.ExpiredSignatureError as error:
        raise TokenRefusedError("The token has run out. Refresh it, or sign in again.") from error
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise TokenRefusedError(NOT_OURS) from error
    if found.kind != kind:
        raise TokenRefusedError(f"This is the wrong kind of token: one of the kind {kind!r} is needed here.")
    return found


def _verified(text: str) -> dict[str, Any]:
    header = jwt.get_unverified_header(text)
    # Nothing in the header chooses a key from elsewhere (jku, jwk, x5u) or asks for rules we do not know (crit).
    if not header.keys() <= HEADER or header.get("alg") != ALGORITHM:
        raise jwt.InvalidTokenError("header")
    kid = header.get("kid")
    key = signing.verifier(kid) if isinstance(kid, str) else None
    if key is None:
        raise jwt.InvalidTokenError("kid")
    return jwt.decode(
        text,
        key,
        algorithms=[ALGORITHM],
        issuer=settings.JWT_ISSUER,
        audience=settings.JWT_AUDIENCE,
        options={"require": NEEDED, "strict_aud": True},
    )


def _claims(body: dict[str, Any]) -> Claims:
    if body["type"] not in ("access", "refresh") or not isinstance(body["ser"], int):
        raise jwt.InvalidTokenError("type")
    return Claims(
        person_id=uuid.UUID(body["sub"]),
        family_id=uuid.UUID(body["fam"]),
        serial=body["ser"],
        methods=tuple(str(method) for method in body["amr"]),
        version=str(body["ver"]),
        kind=body["type"],
        issued_at=datetime.fromtimestamp(body["iat"], UTC),
        expires_at=datetime.fromtimestamp(body["exp"], UTC),
        token_id=str(body["jti"]),
    )
