"""The relay, as the environment says: read without Django, so that small programs can."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from config import env
from config.env import EnvironmentValueError
from config.ingest import address, derived, name_we_answer_to, own_web
from config.strength import strong

USUAL_PORT = 1935
EXAMPLE = "rtmp://127.0.0.1:1935/relay"


@dataclass(frozen=True)
class Relay:
    """The relay's addresses; ``url`` is empty where there is none.

    Attributes:
        url: where encoders publish, without a name.
        stat_url: its statistics, as the worker reaches them.
        host, port, application: what it listens on and answers to.
        http_port: where ``/health`` and ``/stat`` are.
        publish_from: who may publish: the machines that run encoders.
        stat_from: who may read statistics: the machines that run workers and web.
        callback_url, callback_host: the web process as the relay reaches it, and a name it answers to.
        secret: proves to the web process that the relay calls.

    """

    url: str
    stat_url: str
    host: str
    port: int
    application: str
    http_port: int
    publish_from: tuple[str, ...]
    stat_from: tuple[str, ...]
    callback_url: str
    callback_host: str
    secret: str = field(repr=False)


def read(secret_key: str) -> Relay:
    """Read the variables; without ``RELAY_SECRET`` the secret follows from ``secret_key``.

    Raises:
        EnvironmentValueError: an address cannot be used; the text names the variable.

    """
    url = address("RELAY_URL", env.text("RELAY_URL"), {"rtmp"})
    parts = urlsplit(url or EXAMPLE)
    application = parts.path.strip("/")
    if not application or "/" in application:
        raise EnvironmentValueError(f"RELAY_URL must end with one name after the host, as in {EXAMPLE}.")
    http_port = env.integer("RELAY_HTTP_PORT", 8081, least=1, most=65535)
    stat = env.text("RELAY_STAT_URL", f"http://127.0.0.1:{http_port}/stat" if url else "")
    return Relay(
        url=url,
        stat_url=address("RELAY_STAT_URL", stat, {"http"}),
        host=_network("RELAY_HOST", env.text("RELAY_HOST", "127.0.0.1")),
        port=parts.port or USUAL_PORT,
        application=application,
        http_port=http_port,
        publish_from=_networks("RELAY_PUBLISH_FROM", env.listing("RELAY_PUBLISH_FROM", "127.0.0.1")),
        stat_from=_networks("RELAY_STAT_FROM", env.listing("RELAY_STAT_FROM", "127.0.0.1")),
        callback_url=address("RELAY_CALLBACK_URL", env.text("RELAY_CALLBACK_URL", own_web()), {"http", "https"}),
        callback_host=name_we_answer_to(),
        secret=strong("RELAY_SECRET", env.text("RELAY_SECRET")) or derived(secret_key, "relay"),
    )


def _networks(name: str, texts: list[str]) -> tuple[str, ...]:
    return tuple(_network(name, text) for text in texts)


def _network(name: str, text: str) -> str:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise EnvironmentValueError(f"{name} takes IP addresses and networks, not {text!r}.") from error
    return text
