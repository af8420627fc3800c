"""Takes apart what an operator types for a destination: address, stream key, platform. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from streaming.outputs import platforms
from streaming.outputs.errors import DestinationInvalidError

DEFAULT_PORTS = {"rtmp": 1935, "rtmps": 443}
URL_LIMIT = 500
KEY_LIMIT = 500
EXAMPLE = "for example rtmps://a.rtmps.youtube.com:443/live2"
APP_AND_KEY = 2


@dataclass(frozen=True)
class Address:
    """Where to connect and what to publish as; ``url`` holds no key."""

    url: str
    key: str
    scheme: str
    host: str
    port: int
    label: str


def parse(url: str, key: str = "") -> Address:
    """Check an address and split the key off its path's end unless one is given.

    ``url`` is ``rtmp(s)://host[:port]/app[/key]`` or a platform's name (``youtube``).

    Raises:
        DestinationInvalidError: ``field`` is ``url`` or ``key``.

    """
    platform = platforms.by_slug(url)
    parts = _split(platform.url if platform and platform.url else url.strip())
    plain, key = _plain_and_key(parts, key.strip())
    host = (parts.hostname or "").lower()
    known = platforms.by_host(host)
    if known and known.tls_only and parts.scheme != "rtmps":
        raise DestinationInvalidError(f"{known.name} takes rtmps:// only: write rtmps:// for rtmp://.", field="url")
    return Address(
        url=plain,
        key=check_key(key),
        scheme=parts.scheme,
        host=host,
        port=parts.port or DEFAULT_PORTS[parts.scheme],
        label=known.name if known else host,
    )


def check_key(key: str) -> str:
    """Return a stream key that can be sent, or raise with ``field="key"``."""
    if not key:
        raise DestinationInvalidError(
            "The stream key is missing: copy it from the platform's live settings, "
            "or write it as the last part of the address.",
            field="key",
        )
    if len(key) > KEY_LIMIT or any(c.isspace() or not c.isprintable() for c in key):
        raise DestinationInvalidError(
            f"The stream key has blanks or is longer than {KEY_LIMIT} characters: copy it again.",
            field="key",
        )
    return key


def _split(url: str) -> SplitResult:
    """Check scheme, host, user and port, which all have ``field="url"``."""
    if len(url) > URL_LIMIT or any(c.isspace() or not c.isprintable() for c in url):
        raise DestinationInvalidError(
            f"The address has blanks or is longer than {URL_LIMIT} characters: copy it again.",
            field="url",
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DestinationInvalidError(
            f"The address cannot be read ({error}): write rtmps://host:port/app, {EXAMPLE}.",
            field="url",
        ) from error
    if parts.scheme not in DEFAULT_PORTS:
        raise DestinationInvalidError(f"The address must begin with rtmp:// or rtmps://, {EXAMPLE}.", field="url")
    if not parts.hostname:
        raise DestinationInvalidError(f"The address names no host: write rtmps://host/app, {EXAMPLE}.", field="url")
    if parts.username is not None or parts.password is not None:
        raise DestinationInvalidError(
            "The address must not hold a user or a password: leave out what stands before the @.",
            field="url",
        )
    if port == 0:
        raise DestinationInvalidError("The port must lie between 1 and 65535.", field="url")
    return parts


def _plain_and_key(parts: SplitResult, key: str) -> tuple[str, str]:
    """Return the address without the key, and the key; a query after a key belongs to the key."""
    segments = [segment for segment in parts.path.split("/") if segment]
    if not segments:
        raise DestinationInvalidError(
            f"The address names no application: add it after the host, {EXAMPLE}.", field="url"
        )
    query = f"?{parts.query}" if parts.query else ""
    if not key and len(segments) >= APP_AND_KEY:
        key, query = segments.pop() + query, ""
    return f"{parts.scheme}://{parts.netloc}/{'/'.join(segments)}{query}", key
