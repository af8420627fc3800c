"""The address that people type: what links in mails begin with, and whether cookies travel by HTTPS alone."""

from __future__ import annotations

from urllib.parse import urlsplit

from config import env, home
from config.env import EnvironmentValueError
from config.ingest import own_web

EXAMPLE = "https://radio.example.org"


def address() -> str:
    """Return ``SITE_URL`` without a slash at its end; unset, the address on this machine.

    Raises:
        EnvironmentValueError: it is no origin of the web.

    """
    return origin("SITE_URL", env.text("SITE_URL")) or own_web()


def origin(name: str, value: str) -> str:
    """Return scheme, host and port of an address that has nothing else; an empty one stays empty.

    Raises:
        EnvironmentValueError: it has more or less than that; the text names the variable.

    """
    text = value.rstrip("/")
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if text and not (usable and f"{parts.scheme}://{parts.netloc}" == text and "@" not in text and "*" not in text):
        raise EnvironmentValueError(f"{name} must be scheme and host alone, as in {EXAMPLE}, not {value!r}.")
    return text.lower()


def answers_to(address_of_site: str, usual: str) -> list[str]:
    """Return the host names Django answers to: those of ``ALLOWED_HOSTS``, and the site's own."""
    named = env.listing("ALLOWED_HOSTS", usual)
    own = urlsplit(address_of_site).hostname or home.host()
    own = f"[{own}]" if ":" in own else own
    return named if own in named else [*named, own]
