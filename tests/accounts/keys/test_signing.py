"""The keys that sign tokens: made once, sealed, replaced without anybody signing in anew, or with everybody."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from accounts.keys import signing
from accounts.keys.models import SigningKey, TokenFamily
from accounts.keys.tasks import tend
from config.lib.vault import unseal
from tests.accounts.keys.test_tokens import refresh, seen


def test_the_first_key_is_made_once_and_its_private_half_is_sealed(db):
    signing.ensure()
    signing.forget()
    signing.ensure()
    row = SigningKey.objects.get()
    assert b"PRIVATE" not in bytes(row.sealed_private)
    assert unseal(bytes(row.sealed_private), purpose=signing.purpose(row.pk)).startswith("-----BEGIN PRIVATE KEY")
    assert "PRIVATE" not in row.public


def test_others_check_tokens_with_the_published_keys(api, sign_in):
    token = sign_in().data["access"]
    document = api.get("/api/v1/auth/keys/").json()
    keys = {key["kid"]: jwt.PyJWK(key) for key in document["keys"]}
    claims = jwt.decode(
        token,
        keys[jwt.get_unverified_header(token)["kid"]],
        algorithms=["RS256"],
        audience=settings.JWT_AUDIENCE,
        issuer=settings.JWT_ISSUER,
    )
    assert claims["type"] == "access"
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert not [key for key in document["keys"] if {"d", "p", "q"} & key.keys()]


def test_after_a_rotation_old_tokens_go_on_and_new_ones_name_the_new_key(api, sign_in):
    old = sign_in().data
    made = signing.rotate()
    assert seen(old["access"]) == 200
    new = refresh(api, old["refresh"]).data
    assert jwt.get_unverified_header(new["access"])["kid"] == made.pk
    assert len(api.get("/api/v1/auth/keys/").json()["keys"]) == 2


def test_a_key_of_another_process_is_found_without_waiting_for_a_minute(sign_in, monkeypatch):
    signing.ensure()
    known = signing._known
    token = sign_in().data["access"]
    signing.rotate()
    fresh = sign_in().data["access"]
    monkeypatch.setattr(signing, "_known", known)
    monkeypatch.setattr(signing, "LOOK_AGAIN_SECONDS", -1.0)
    assert [seen(token), seen(fresh)] == [200, 200]


def test_distrusted_keys_prove_nothing_any_more(api, sign_in):
    pair = sign_in().data
    signing.rotate(distrust=True)
    assert seen(pair["access"]) == 401
    assert refresh(api, pair["refresh"]).status_code == 401
    assert SigningKey.objects.count() == 1


def test_an_old_key_is_replaced_by_itself_and_forgotten_when_nothing_is_signed_with_it(sign_in):
    token = sign_in().data["access"]
    tend()
    assert SigningKey.objects.count() == 1
    SigningKey.objects.update(created_at=timezone.now() - settings.SIGNING_KEY_LIFETIME)
    tend()
    assert SigningKey.objects.filter(retired_at=None).count() == 1
    assert SigningKey.objects.count() == 2
    assert seen(token) == 200
    SigningKey.objects.exclude(retired_at=None).update(
        retired_at=timezone.now() - settings.REFRESH_TOKEN_LIFETIME - timedelta(seconds=1)
    )
    tend()
    signing.forget()
    assert SigningKey.objects.count() == 1
    assert seen(token) == 401


def test_a_key_that_cannot_be_unsealed_is_replaced_and_its_tokens_go_on(sign_in):
    token = sign_in().data["access"]
    SigningKey.objects.update(sealed_private=b"changed")
    signing.forget()
    assert seen(token) == 200
    assert SigningKey.objects.filter(retired_at=None).count() == 1
    assert SigningKey.objects.count() == 2
    assert sign_in().status_code == 200


def test_sign_ins_that_ended_long_ago_are_deleted(sign_in):
    sign_in()
    sign_in()
    old = TokenFamily.objects.first()
    TokenFamily.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(days=31))
    tend()
    assert list(TokenFamily.objects.values_list("pk", flat=True).filter(pk=old.pk)) == []
    assert TokenFamily.objects.count() == 1


@pytest.mark.parametrize("kid", ["", "../../etc/passwd", "0" * 16, "https://evil.example/key"])
def test_a_key_is_looked_up_among_our_own_only(db, kid):
    assert signing.verifier(kid) is None
