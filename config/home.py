"""Where this installation lives and answers: read from the environment alone, so that small programs need no Django."""

from __future__ import annotations

from pathlib import Path

from config import env
from config.lib.places import Places

BASE_DIR = Path(__file__).resolve().parent.parent


def places() -> Places:
    """Return the folders below ``LONGWAVE_HOME`` (default: ``var`` beside manage.py)."""
    return Places(Path(env.text("LONGWAVE_HOME", str(BASE_DIR / "var"))).expanduser().resolve())


def host() -> str:
    """Return the address to listen on."""
    return env.text("LONGWAVE_HOST", "127.0.0.1")


def port() -> int:
    """Return the port to listen on."""
    return env.integer("LONGWAVE_PORT", 8000, least=1, most=65535)


def wants_demo() -> bool:
    """Whether the first start makes the demo station."""
    return env.flag("LONGWAVE_DEMO", default=True)
