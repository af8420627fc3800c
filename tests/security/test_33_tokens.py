"""Control 33: a token is ours, of the right kind, for us and in time, or it is refused; its header chooses nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.conf import settings
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.keys import families, signing
from accounts.keys.claims import LONGEST
from accounts.keys.models import SigningKey
from tests.factories import make_user

DOOR = "/api/v1/auth/token/families/"


@pytest.fixture
def pair(db, rf):
    signing.forget()
    cache.clear()
    yield families.begin(person=make_user(), methods=("pwd",), request=rf.post("/"))
    signing.forget()


def answer(token: str) -> int:
    return int(APIClient().get(DOOR, HTTP_AUTHORIZATION=f"Bearer {token}").status_code)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(token: str, *, private: RSAPrivateKey | None = None, header: dict[str, Any] | None = None, **body: Any):
    """The token with another body or header, signed by our own key unless another is given."""
    had, said = parts(token)
    claims = {name: value for name, value in {**said, **body}.items() if value is not None}
    kid, ours = signing.signer()
    return jwt.encode(claims, private or ours, algorithm="RS256", headers={**had, "kid": kid, **(header or {})})


def test_the_token_itself_is_taken_and_so_is_an_honest_copy(pair):
    assert answer(pair.access) == 200
    assert answer(forged(pair.access)) == 200


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_without_a_signature_is_refused(pair, algorithm):
    header, body = parts(pair.access)
    bare = f"{encoded({**header, 'alg': algorithm})}.{encoded(body)}."
    assert answer(bare) == 401
    assert answer(bare + pair.access.rsplit(".", 1)[1]) == 401


def test_a_token_signed_with_our_public_key_as_a_shared_secret_is_refused(pair):
    header, body = parts(pair.access)
    for algorithm, digest in (("HS256", hashlib.sha256), ("HS512", hashlib.sha512)):
        head = f"{encoded({**header, 'alg': algorithm})}.{encoded(body)}"
        mac = hmac.new(SigningKey.objects.get().public.encode(), head.encode(), digest).digest()
        assert answer(f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}") == 401


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_another_algorithm_is_refused_even_with_our_own_key(pair, algorithm):
    _, body = parts(pair.access)
    kid, ours = signing.signer()
    assert answer(jwt.encode(body, ours, algorithm=algorithm, headers={"kid": kid})) == 401


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(pair):
    assert answer(pair.refresh) == 401
    refused = APIClient().post("/api/v1/auth/token/refresh/", {"refresh": pair.access}, format="json")
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": int(time.time()) - 1},
        {"iat": int(time.time()) + 3600},
        {"aud": "another-api"},
        {"aud": [settings.JWT_AUDIENCE, "another-api"]},
        {"iss": "https://evil.example"},
        {"type": "refresh"},
        {"type": "id"},
        {"sub": "00000000-0000-0000-0000-000000000000"},
        {"sub": "1 OR 1=1"},
        {"fam": "00000000-0000-0000-0000-000000000000"},
        {"ser": "0"},
        {"ver": "another password"},
    ],
    ids=" ".join,  # of the names alone: times would make the tests other ones in each process
)
def test_a_claim_that_is_wrong_is_refused_even_under_our_own_signature(pair, wrong):
    assert answer(forged(pair.access, **wrong)) == 401


@pytest.mark.parametrize("claim", ["exp", "iat", "aud", "iss", "sub", "jti", "type", "fam", "ser", "ver", "amr"])
def test_a_claim_that_is_missing_is_refused(pair, claim):
    assert answer(forged(pair.access, **{claim: None})) == 401


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_that_was_changed_is_refused(pair, part):
    pieces = pair.access.split(".")
    middle = len(pieces[part]) // 2
    other = "A" if pieces[part][middle] != "A" else "B"
    pieces[part] = pieces[part][:middle] + other + pieces[part][middle + 1 :]
    assert answer(".".join(pieces)) == 401


def test_a_stranger_cannot_bring_a_key_along(pair):
    stranger = generate_private_key(65537, 2048)
    numbers = stranger.public_key().public_numbers()
    jwk = {
        "kty": "RSA",
        "n": base64.urlsafe_b64encode(numbers.n.to_bytes(256, "big")).decode().rstrip("="),
        "e": "AQAB",
    }
    pem = stranger.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for header in (
        {},
        {"jwk": jwk},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": [base64.b64encode(pem).decode()]},
        {"kid": "../../../../dev/null"},
        {"kid": "' UNION SELECT 'x"},
        {"kid": "https://evil.example/key"},
    ):
        assert answer(forged(pair.access, private=stranger, header=header)) == 401, header


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"crit": ["exp"]},
        {"crit": ["http://example.org/unknown"], "http://example.org/unknown": True},
    ],
    ids=lambda header: next(iter(header)),
)
def test_a_header_that_asks_for_more_is_refused_even_under_our_own_signature(pair, header):
    assert answer(forged(pair.access, header=header)) == 401


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é.é.é", "\x00", "x" * 9000, encoded({}) + "..", "null"])
def test_what_is_no_token_is_refused_and_breaks_nothing(pair, text):
    assert answer(text or "x") == 401


def test_a_token_nested_deep_is_refused_and_breaks_nothing(pair):
    deep = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 1400 + b"]" * 1400 + b"}").rstrip(b"=").decode()
    assert len(deep) < LONGEST
    assert answer(f"{deep}.a.b") == 401
    assert answer(f"{encoded({'alg': 'RS256'})}.{deep}.b") == 401


def test_pyjwt_is_one_that_checks_crit():
    assert tuple(int(part) for part in jwt.__version__.split(".")[:2]) >= (2, 13)
