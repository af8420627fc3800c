"""What every destination's address and key must keep to, whatever its kind. Pure."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from streaming.outputs.errors import DestinationInvalidError

URL_LIMIT = 500
KEY_LIMIT = 500
PASSPHRASE_LEAST, PASSPHRASE_MOST = 10, 79
EXAMPLE = "for example rtmps://a.rtmps.youtube.com:443/live2"
SCHEMES = ("rtmp", "rtmps", "srt", "http", "https")


def split(url: str) -> SplitResult:
    """Check scheme, host, user and port.

    Raises:
        DestinationInvalidError: ``field`` is ``url``.

    """
    if len(url) > URL_LIMIT or any(c.isspace() or not c.isprintable() for c in url):
        raise _wrong(f"The address has blanks or is longer than {URL_LIMIT} characters: copy it again.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong(f"The address cannot be read ({error}): write rtmps://host:port/app, {EXAMPLE}.") from error
    if parts.scheme not in SCHEMES:
        raise _wrong(f"The address must begin with rtmp://, rtmps://, srt:// or https://, {EXAMPLE}.")
    if not parts.hostname:
        raise _wrong(f"The address names no host: write rtmps://host/app, {EXAMPLE}.")
    if parts.username is not None or parts.password is not None:
        raise _wrong("The address must not hold a user or a password: leave out what stands before the @.")
    if port == 0:
        raise _wrong("The port must lie between 1 and 65535.")
    return parts


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


def check_passphrase(passphrase: str) -> str:
    """Return an SRT passphrase, or raise with ``field="passphrase"``; the limits are libsrt's (SRTO_PASSPHRASE)."""
    if not PASSPHRASE_LEAST <= len(passphrase.encode()) <= PASSPHRASE_MOST or not passphrase.isprintable():
        raise DestinationInvalidError(
            f"An SRT passphrase has {PASSPHRASE_LEAST} to {PASSPHRASE_MOST} characters: copy it from the receiver.",
            field="passphrase",
        )
    return passphrase


def _wrong(sentence: str) -> DestinationInvalidError:
    return DestinationInvalidError(sentence, field="url")
