"""The one outbound HTTP client: every URL that an operator can type is fetched through it.

A name is resolved here, each of its addresses is checked, and the connection goes to the very address that was
checked, so a name that answers differently the second time gains nothing. Only http and https on the web's ports; no
redirect is followed unless it is asked for, and then each is checked like the address itself; no proxy of the
environment is used. Answers are cut off by size and by time as a whole, and those that never end by the time in which
nothing comes. Radios often run on the same machine or network, so private addresses are allowed unless
``OUTBOUND_PRIVATE=0``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2
from django.conf import settings

from config.lib.addresses import AddressRefusedError, check_port, resolve
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    import ssl

SIZE_LIMIT = 2 * 1024 * 1024
SECONDS = 5.0
SCHEMES = ("http", "https")
AGENT = "Longwave"
MOST_REDIRECTS = 3
LEADS_ON = frozenset({301, 302, 303, 307, 308})


class FetchError(LongwaveError):
    """A URL could not be fetched; the sentence says what happened, in the operator's terms."""

    status = 502
    title = "The address could not be fetched"


@dataclass(frozen=True)
class Answer:
    """A complete answer: ``status``, ``headers`` (names in lower case) and ``body``."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def get(
    url: str,
    *,
    headers: dict[str, str] | None = None,
    seconds: float = SECONDS,
    most: int = SIZE_LIMIT,
    redirects: int = 0,
) -> Answer:
    """Fetch ``url`` whole.

    Args:
        url: http or https.
        headers: sent along.
        seconds: for everything after the name is looked up, to the last byte.
        most: bytes of body, unpacked; more is an error.
        redirects: how many may be followed, 3 at most; ``headers`` go to the first host alone.

    Raises:
        AddressRefusedError: the scheme or the address may not be called.
        NameUnknownError: the host's name leads nowhere.
        FetchError: no answer, or a broken one, one too large or too slow.

    """
    deadline = time.monotonic() + seconds
    for left in range(min(redirects, MOST_REDIRECTS), -1, -1):
        with opened(url, headers=headers, seconds=max(0.1, deadline - time.monotonic())) as response:
            location = response.headers.get("location") if response.status_code in LEADS_ON else None
            if not (redirects and location):
                return _whole(response, url, most)
        if not left:
            break
        target = _joined(url, location)
        headers = headers if _origin(target) == _origin(url) else None
        url = target
    raise FetchError(f"{_host(url)} leads on more than {min(redirects, MOST_REDIRECTS)} times.")


def send(
    method: str,
    url: str,
    *,
    json: Any = None,
    form: dict[str, str] | None = None,
    content: bytes | None = None,
    headers: dict[str, str] | None = None,
    seconds: float = SECONDS,
    most: int = SIZE_LIMIT,
) -> Answer:
    """Send a request with a body, one of ``json``, ``form`` and ``content``, and fetch the answer whole.

    Nothing is tried twice: whoever sends knows what may be sent again. Raises as :func:`get` does; no sentence of an
    error holds more of the address than its host.
    """
    body = {"json": json, "data": form, "content": content}
    given = {name: value for name, value in body.items() if value is not None}
    with opened(url, method=method, headers=headers, seconds=seconds, body=given) as response:
        return _whole(response, url, most)


@contextmanager
def opened(
    url: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    seconds: float = SECONDS,
    endless: bool = False,
    body: dict[str, Any] | None = None,
) -> Iterator[httpx2.Response]:
    """Open ``url`` and give its answer to be read in pieces; raises as :func:`get` does.

    ``seconds`` are for all of it; of an ``endless`` answer, for each wait until something comes. ``body`` is httpx2's
    ``json``, ``data`` or ``content``.
    """
    check_url(url)
    try:
        limit = _Limit(seconds, endless=endless)
        with _client(limit, seconds) as client, client.stream(method, url, headers=headers, **body or {}) as response:
            yield response
    except httpx2.TimeoutException as error:
        what = (
            f"said nothing for {seconds:g} seconds" if endless else f"did not answer in full within {seconds:g} seconds"
        )
        raise FetchError(f"{_host(url)} {what}.") from error
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        raise FetchError(f"{_host(url)} could not be fetched: {str(error) or type(error).__name__}") from error


def _whole(response: httpx2.Response, url: str, most: int) -> Answer:
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > most:
            raise FetchError(f"{_host(url)} sends more than {most // 1024} KiB.")
    return Answer(response.status_code, dict(response.headers), bytes(body))


def check_url(url: str) -> None:
    """Refuse what is no http or https URL with a host, and credentials in it (they would reach logs).

    Raises:
        AddressRefusedError: the sentence says why.

    """
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise AddressRefusedError(f"This is no address: {error}") from error
    if parts.scheme not in SCHEMES or not parts.host:
        raise AddressRefusedError("The address must begin with http:// or https:// and name a host.")
    if parts.userinfo:
        raise AddressRefusedError("The address must not hold a user name or a password.")


def _joined(url: str, location: str) -> str:
    try:
        return str(httpx2.URL(url).join(location))
    except httpx2.InvalidURL as error:
        raise FetchError(f"{_host(url)} leads to what is no address.") from error


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = httpx2.URL(url)
    return parts.scheme, parts.host, parts.port


def _host(url: str) -> str:
    return httpx2.URL(url).host


class _Limit:
    """How long may be waited: until one moment, or (``endless``) as long again each time."""

    def __init__(self, seconds: float, *, endless: bool) -> None:
        self._seconds = seconds
        self._deadline = None if endless else time.monotonic() + seconds

    def left(self, error: type[Exception]) -> float:
        """Return the seconds left, or raise ``error``."""
        seconds = self._seconds if self._deadline is None else self._deadline - time.monotonic()
        if seconds <= 0:
            raise error("the time is up")
        return seconds


def _client(limit: _Limit, seconds: float) -> httpx2.Client:
    return httpx2.Client(
        transport=_GuardedTransport(limit),
        timeout=seconds,
        headers={"User-Agent": AGENT},
        follow_redirects=False,
        trust_env=False,
    )


@cache
def _certificates() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


class _GuardedTransport(httpx2.HTTPTransport):
    """httpx2's transport over connections that are checked and end at a time."""

    def __init__(self, limit: _Limit) -> None:
        super().__init__(verify=_certificates(), trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_certificates(),
            max_connections=1,
            network_backend=_GuardedNetwork(limit),
        )


class _GuardedNetwork(httpcore2.NetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, limit: _Limit) -> None:
        self._limit = limit
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - ours is nearer
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        check_port(port, settings.OUTBOUND_PORTS)
        addresses = resolve(host, port, private=settings.OUTBOUND_PRIVATE)
        for address in addresses[:-1]:
            try:
                return self._connect(str(address), port, local_address, socket_options)
            except httpcore2.ConnectError:
                continue  # the name's next address may answer
        return self._connect(str(addresses[-1]), port, local_address, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        local_address: str | None,
        options: Iterable[Any] | None,
    ) -> httpcore2.NetworkStream:
        seconds = self._limit.left(httpcore2.ConnectTimeout)
        stream = self._network.connect_tcp(address, port, seconds, local_address, options)
        return _TimedStream(stream, self._limit)


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose reads and writes keep to a limit."""

    def __init__(self, stream: httpcore2.NetworkStream, limit: _Limit) -> None:
        self._stream = stream
        self._limit = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - ours is nearer
        return self._stream.read(max_bytes, self._limit.left(httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - ours is nearer
        self._stream.write(buffer, self._limit.left(httpcore2.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ours is nearer
    ) -> httpcore2.NetworkStream:
        seconds = self._limit.left(httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._limit)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()
