"""One HTTP call to a platform: bounded in time and size, no redirects, repeated only where that can do no harm.

The base addresses come from the settings, not from operators, so the guard of ``config.lib.http`` is not needed here.
Nothing of a request is ever logged or put into an error but its method and path: tokens stand in the rest.
"""

from __future__ import annotations

import email.utils
import json
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx2

from streaming.platforms.errors import PlatformAwayError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

AGENT = "Longwave"
CONNECT_SECONDS, READ_SECONDS = 5.0, 20.0
# Somebody waits for the page: five seconds, and at most as long again for an answer that trickles in.
WEB_SECONDS = 5.0
WHOLE_SECONDS = 45.0
MOST_BYTES = 1024 * 1024
TRIES = 3
LONGEST_WAIT = 8.0
AGAIN_ON = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class Reply:
    """A complete answer; header names are in lower case."""

    service: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own numbers

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; an empty one is an empty object.

        Raises:
            PlatformAwayError: it is something else.

        """
        if not self.body:
            return {}
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise PlatformAwayError(f"{self.service} answered with what is no JSON (status {self.status}).") from error
        if not isinstance(found, dict):
            raise PlatformAwayError(f"{self.service} answered with JSON of another form than is known.")
        return found


@dataclass(frozen=True)
class Call:
    """What is sent. ``again``: doing it twice is the same as doing it once, so it may be repeated."""

    service: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    body: Any = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    again: bool = False
    seconds: float = WHOLE_SECONDS


def send(call: Call) -> Reply:
    """Send a call and return whatever complete answer comes.

    1. try, within the call's seconds as a whole; 2. what may be repeated and failed to connect, or was answered with
    429, 502, 503 or 504, is tried again after the time the platform names, or a growing one with jitter, if that fits.

    Raises:
        PlatformAwayError: no connection, no complete answer in time, or one larger than 1 MiB.

    """
    deadline = time.monotonic() + call.seconds
    with _client() as client:
        for attempt in range(TRIES):
            pause = random.uniform(0.5, 1.0) * 2**attempt  # noqa: S311 - spreads calls, guards nothing
            may_repeat = call.again and attempt + 1 < TRIES
            try:
                reply = _once(client, call, deadline)
            except httpx2.ConnectError as error:
                if not may_repeat or time.monotonic() + pause > deadline:
                    raise PlatformAwayError(f"{call.service} cannot be reached: {_cause(error)}.") from error
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                raise PlatformAwayError(f"{call.service} gave no complete answer: {_cause(error)}.") from error
            else:
                pause = max(pause, retry_after(reply) or 0.0)
                if reply.status not in AGAIN_ON or not may_repeat or not _fits(pause, deadline):
                    return reply
            time.sleep(pause)  # there is nothing to wait for but the time itself
    raise PlatformAwayError(f"{call.service} cannot be reached.")


def retry_after(reply: Reply) -> float | None:
    """Return the seconds a platform asks to wait: ``Retry-After`` as seconds or date; None: it names none."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment else None


def _fits(pause: float, deadline: float) -> bool:
    return pause <= LONGEST_WAIT and time.monotonic() + pause < deadline


def _client() -> httpx2.Client:
    headers = {"User-Agent": AGENT}
    return httpx2.Client(verify=_certificates(), headers=headers, follow_redirects=False, trust_env=False)


@cache
def _certificates() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def _once(client: httpx2.Client, call: Call, deadline: float) -> Reply:
    left = max(0.05, deadline - time.monotonic())
    timeout = httpx2.Timeout(min(READ_SECONDS, left), connect=min(CONNECT_SECONDS, left))
    asked: dict[str, Any] = {"params": dict(call.params), "headers": dict(call.headers), "timeout": timeout}
    asked |= {"data": call.form, "json": call.body, "content": call.content}
    body = bytearray()
    with client.stream(call.method, call.url, **asked) as response:
        for piece in response.iter_bytes():
            body += piece
            if len(body) > MOST_BYTES:
                raise PlatformAwayError(f"{call.service} answered with more than {MOST_BYTES // 1024} KiB.")
            if time.monotonic() > deadline:
                raise PlatformAwayError(f"{call.service} did not finish its answer within {call.seconds:g} seconds.")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(call.service, response.status_code, headers, bytes(body))


def _cause(error: Exception) -> str:
    """Return what happened without the address: some libraries put its query into the text."""
    if isinstance(error, httpx2.TimeoutException):
        return "it took too long"
    text = str(error).split("http", maxsplit=1)[0].strip(" '\"([:")
    return text or type(error).__name__
