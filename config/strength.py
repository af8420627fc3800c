"""Refuses secrets that anybody can guess: short ones, simple ones, and those that stand in examples."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from config import env
from config.env import EnvironmentValueError
from config.lib.places import Places

LEAST = 32
"""Characters. 32 random hexadecimal digits are 128 bits."""

LEAST_DIFFERENT = 8
# Words of examples, tutorials and frameworks' templates.
EXAMPLES = ("changeme", "change-me", "change_me", "example", "insecure", "placeholder", "secret", "password", "your-")
MAKE_ONE = "python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"


def strong(name: str, value: str) -> str:
    """Return a secret that is long and mixed enough to sign with; an empty one is returned as it is.

    Raises:
        EnvironmentValueError: it can be guessed; the text names the variable and how to make a better one.

    """
    if not value:
        return value
    found = next((word for word in EXAMPLES if word in value.lower()), "")
    if found:
        raise EnvironmentValueError(f"{name} comes from an example (it holds “{found}”). Make one: {MAKE_ONE}")
    if len(value) < LEAST or len(set(value)) < LEAST_DIFFERENT:
        raise EnvironmentValueError(f"{name} can be guessed: it needs {LEAST} random characters. Make one: {MAKE_ONE}")
    return value


def secret_key(places: Places) -> str:
    """Return ``SECRET_KEY``, or the installation's own, made on the first start.

    Raises:
        EnvironmentValueError: it can be guessed.

    """
    given = strong("SECRET_KEY", env.text("SECRET_KEY"))
    return given or strong(f"{places.home / 'secret_key'}", places.secret_key())


def no_example_password(name: str, url: str) -> str:
    """Return a service's address whose password does not come from an example.

    Raises:
        EnvironmentValueError: it does; the text names the variable, never the password.

    """
    password = unquote(urlsplit(url).password or "").lower()
    if password in {"password", "postgres", "redis", "longwave", "changeme", "secret", "example"}:
        raise EnvironmentValueError(f"The password in {name} is one of those that are tried first. Set another.")
    return url


def vault_file(home: Path) -> Path | None:
    """Return the key ring's file: ``VAULT_KEYS_FILE``, or ``vault_keys`` in the home; none: ``VAULT_KEYS`` has it."""
    if os.environ.get("VAULT_KEYS", "").strip():
        return None
    return Path(os.environ.get("VAULT_KEYS_FILE") or home / "vault_keys")
