"""Where presenters publish, as the environment says: read without Django, so that small programs can."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from config import env, home
from config.env import EnvironmentValueError
from config.strength import strong

USUAL_PORT = 1935


@dataclass(frozen=True)
class Ingest:
    """The ingest server's addresses; ``url`` is empty while takeovers are off.

    Attributes:
        url: what presenters enter as server.
        pull_url: where encoders fetch a presenter's stream from, without its name.
        host, port, application: what the ingest server listens on and answers to.
        callback_url, callback_host: the web process as the ingest server reaches it, and a name it answers to.
        play_from: addresses that may play; nobody else can, whatever they know.
        secret: proves to the web process that the ingest server calls.

    """

    url: str
    pull_url: str
    host: str
    port: int
    application: str
    callback_url: str
    callback_host: str
    play_from: tuple[str, ...]
    secret: str = field(repr=False)


def read(secret_key: str) -> Ingest:
    """Read the variables; without ``INGEST_SECRET`` the secret follows from ``secret_key``.

    Raises:
        EnvironmentValueError: an address cannot be used; the text names the variable.

    """
    url = address("INGEST_URL", env.text("INGEST_URL"), {"rtmp"})
    parts = urlsplit(url or "rtmp://localhost/ingest")
    port, application = parts.port or USUAL_PORT, parts.path.strip("/")
    if not application or "/" in application:
        raise EnvironmentValueError(f"INGEST_URL must end with one name after the host, as in {_EXAMPLE}.")
    pull = env.text("INGEST_PULL_URL", f"rtmp://127.0.0.1:{port}/{application}")
    callback = env.text("INGEST_CALLBACK_URL", own_web())
    return Ingest(
        url=url,
        pull_url=address("INGEST_PULL_URL", pull, {"rtmp"}),
        host=env.text("INGEST_HOST", "0.0.0.0"),  # noqa: S104 - presenters come from outside; off until it is asked for
        port=port,
        application=application,
        callback_url=address("INGEST_CALLBACK_URL", callback, {"http", "https"}),
        callback_host=name_we_answer_to(),
        play_from=tuple(env.listing("INGEST_PLAY_FROM", "127.0.0.1")),
        secret=strong("INGEST_SECRET", env.text("INGEST_SECRET")) or derived(secret_key, "ingest"),
    )


_EXAMPLE = "rtmp://radio.example.org:1935/ingest"


def address(name: str, value: str, schemes: set[str]) -> str:
    """Return the address without a slash at its end; one with spaces or quotes would break out of a configuration."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and parts.hostname and parts.port != 0 and not set(value) & set(" \t'\"\\;{}$")
    except ValueError as error:
        raise EnvironmentValueError(f"{name} is not an address: {error}.") from error
    if value and not usable:
        raise EnvironmentValueError(f"{name} must start with {' or '.join(sorted(schemes))}:// and name a host.")
    return value.rstrip("/")


def own_web() -> str:
    """Return the web process of this machine, as its neighbours reach it."""
    host = home.host()
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - what it may be
        host = "127.0.0.1"
    return f"http://[{host}]:{home.port()}" if ":" in host else f"http://{host}:{home.port()}"


def name_we_answer_to() -> str:
    """Return a host name that the web process answers to."""
    named = [host.lstrip(".") for host in env.listing("ALLOWED_HOSTS") if host != "*"]
    return named[0] if named else "localhost"


def derived(secret_key: str, server: str) -> str:
    """Return the secret by which a server of ours calls the web process, where none was set."""
    return hmac.new(secret_key.encode(), f"longwave.{server}.callback".encode(), hashlib.sha256).hexdigest()
