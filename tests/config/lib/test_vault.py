"""Secrets are sealed under keys outside the database, which can change while everything goes on."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.lib import key_ring, vault
from config.lib.vault import SealBrokenError


@pytest.fixture
def file(settings, tmp_path):
    settings.VAULT_KEYS_FILE = tmp_path / "vault_keys"
    return settings.VAULT_KEYS_FILE


def a_key() -> key_ring.Key:
    return key_ring.parse(key_ring.new_line())[0]


def as_before_rings(plain: str, purpose: str) -> bytes:
    """What versions without a ring stored."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key_ring.ring()[-1].secret).encrypt(nonce, plain.encode(), purpose.encode())


def test_without_a_ring_the_secret_key_seals(file):
    assert vault.unseal(vault.seal("live-key", purpose="a"), purpose="a") == "live-key"
    assert key_ring.ring()[0].derived


def test_a_value_from_before_there_were_rings_is_read(file):
    old = as_before_rings("live-key", "a")
    assert vault.key_name(old) == ""
    key_ring.write(file, [a_key()])
    assert vault.unseal(old, purpose="a") == "live-key"


def test_a_value_of_the_older_form_that_looks_like_the_newer_one_is_read(file, monkeypatch):
    monkeypatch.setattr(os, "urandom", lambda count: (vault.MARK + bytes(count))[:count])
    assert vault.unseal(as_before_rings("live-key", "a"), purpose="a") == "live-key"


def test_the_first_key_of_the_ring_seals_and_all_are_read(file):
    first, second = a_key(), a_key()
    key_ring.write(file, [first])
    old = vault.seal("live-key", purpose="a")
    key_ring.write(file, [second, first])
    new = vault.seal("live-key", purpose="a")
    assert (vault.key_name(old), vault.key_name(new)) == (first.name, second.name)
    assert vault.unseal(old, purpose="a") == vault.unseal(new, purpose="a") == "live-key"


def test_a_value_whose_key_is_gone_says_so(file):
    key_ring.write(file, [a_key()])
    sealed = vault.seal("live-key", purpose="a")
    key_ring.write(file, [a_key()])
    with pytest.raises(SealBrokenError, match="Enter it again"):
        vault.unseal(sealed, purpose="a")


def test_a_value_is_bound_to_its_purpose_and_to_every_byte(file):
    key_ring.write(file, [a_key()])
    sealed = vault.seal("live-key", purpose="a")
    with pytest.raises(SealBrokenError):
        vault.unseal(sealed, purpose="b")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBrokenError):
            vault.unseal(bytes(changed), purpose="a")


def test_what_a_former_secret_key_sealed_is_read(file, settings):
    sealed = vault.seal("live-key", purpose="a")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [settings.SECRET_KEY]
    assert vault.unseal(sealed, purpose="a") == "live-key"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBrokenError):
        vault.unseal(sealed, purpose="a")


def test_keys_may_come_from_the_environment_by_comma(settings):
    one, two = key_ring.new_line(), key_ring.new_line()
    settings.VAULT_KEYS_FILE, settings.VAULT_KEYS = None, f"{one},{two}"
    assert [key.derived for key in key_ring.ring()] == [False, False, True]


@pytest.mark.parametrize("line", ["short", "A" * 43 + "=", "not base64 at all!", "ключ"])
def test_a_line_that_is_no_random_key_is_refused_without_telling_it(line):
    with pytest.raises(key_ring.KeyRingError, match=r"Line 2 .*vault add") as caught:
        key_ring.parse(f"# ring\n{line}\n")
    assert line not in str(caught.value)


def test_the_file_is_its_owners_alone_and_a_key_is_never_printed(file):
    key = a_key()
    key_ring.write(file, [key])
    assert file.stat().st_mode & 0o777 == 0o600
    assert str(key.secret) not in repr(key)
    assert [each.name for each in file.parent.iterdir()] == ["vault_keys"]
