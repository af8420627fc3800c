"""Control 48: nothing starts with a secret that stands in an example or can be guessed; secrets come from files too."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest
from django.conf import settings

from config import ingest, relay
from config.env import EnvironmentValueError
from config.home import BASE_DIR
from config.strength import no_example_password, strong
from tests.gates import secrets as scan
from tests.security.test_43_44_browsers import started

GUESSED = [
    "short",
    "a" * 60,
    "ab" * 40,
    "django-insecure-" + "x9Kq" * 12,
    "change-me-" * 6,
    "your-secret-key-goes-here" * 2,
]


def test_no_process_starts_with_a_secret_that_can_be_guessed():
    said = started(SECRET_KEY=GUESSED[1])
    assert said.returncode != 0
    assert "SECRET_KEY can be guessed" in said.stderr.splitlines()[-1]
    assert GUESSED[1] not in said.stderr.splitlines()[-1]


@pytest.mark.parametrize("key", GUESSED)
def test_what_can_be_guessed_is_refused_by_name_and_not_repeated(key):
    with pytest.raises(EnvironmentValueError, match="RELAY_SECRET") as refused:
        strong("RELAY_SECRET", key)
    assert key not in str(refused.value)


@pytest.mark.parametrize("name", ["INGEST_SECRET", "RELAY_SECRET"])
def test_the_secrets_of_our_servers_are_held_to_the_same(name, monkeypatch):
    monkeypatch.setenv(name, "changeme")
    read: Callable[[str], object] = ingest.read if name == "INGEST_SECRET" else relay.read
    with pytest.raises(EnvironmentValueError, match=f"{name} comes from an example"):
        read("x" * 64)


def test_a_key_ring_that_cannot_be_used_stops_the_start():
    said = started(VAULT_KEYS="not-a-key")
    assert said.returncode != 0
    assert "VAULT_KEYS cannot be used. Line 1" in said.stderr


@pytest.mark.parametrize("word", ["password", "postgres", "changeme", "longwave"])
def test_a_password_that_is_tried_first_is_refused_and_not_repeated(word):
    with pytest.raises(EnvironmentValueError, match=r"DATABASE_URL") as refused:
        no_example_password("DATABASE_URL", f"postgresql://someone:{word}@db.internal/radio")
    assert "db.internal" not in str(refused.value)


def test_what_is_made_by_us_is_strong():
    for _ in range(50):
        assert strong("SECRET_KEY", secrets.token_urlsafe(64))
        assert strong("SECRET_KEY", secrets.token_hex(32))


def test_every_secret_of_the_example_is_empty_or_refused():
    example = (BASE_DIR / ".env.example").read_text()
    for name, value in re.findall(r"(?m)^#?([A-Z0-9_]*(?:SECRET|KEY|PASSWORD|TOKEN)[A-Z0-9_]*)=(.*)$", example):
        assert value == "" or name.endswith("_FILE"), name
    for name, value in re.findall(r"(?m)^#?(DATABASE_URL|REDIS_URL)=(.*)$", example):
        with pytest.raises(EnvironmentValueError):
            no_example_password(name, value)


def test_no_switch_shows_errors_to_visitors():
    assert settings.DEBUG is False
    assert re.findall(r"DEBUG = (.*)", (BASE_DIR / "config" / "settings" / "core.py").read_text()) == ["False"]


def test_tree_and_history_hold_no_secret(capsys):
    assert scan.main() == 0, capsys.readouterr().out
