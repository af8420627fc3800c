"""Opens a radio's HTTP stream: HTTP/1.x and SHOUTcast's ``ICY 200 OK``, TLS, redirects, time limits.

Each address, a redirect's too, is resolved once and checked, and the connection goes to what was checked.

The standard library's client refuses SHOUTcast's status line, and a radio needs neither keep-alive nor chunked
bodies: asking in HTTP/1.0 rules out both.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass
from io import BufferedReader
from urllib.parse import unquote, urljoin, urlsplit

from streaming.playout.addresses import WEB_PORTS, Verdict, is_web_port, judge, look_up
from streaming.playout.errors import SourceError

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 5.0
REDIRECTS = 3
LINE_LIMIT = 8192


@dataclass(frozen=True)
class Reach:
    """Where radios may be: ``private``, on this machine and in private networks too; the ranges of ports."""

    private: bool = True
    ports: tuple[tuple[int, int], ...] = WEB_PORTS


@dataclass
class RadioStream:
    """An open stream: headers in lower case, and the body as a file."""

    headers: dict[str, str]
    body: BufferedReader
    connection: socket.socket

    def close(self) -> None:
        """Close the connection; a thread blocked in reading gets an error at once."""
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:  # the radio hung up first: closing is all that is left to do
            pass
        finally:
            self.body.close()
            self.connection.close()


def open_stream(url: str, *, titles: bool, reach: Reach) -> RadioStream:
    """Connect, ask, follow redirects.

    Args:
        url: http:// or https://, with ``user:password@`` if the radio wants Basic authentication.
        titles: ask for ICY metadata.
        reach: which addresses may be called.

    Raises:
        SourceError: a sentence saying what the radio answered, or why there was no answer.

    """
    for _ in range(REDIRECTS + 1):
        stream, status = _ask(url, titles=titles, reach=reach)
        if status == 200:  # noqa: PLR2004 - the status itself
            return stream
        stream.close()
        location = stream.headers.get("location")
        if status not in {301, 302, 303, 307, 308} or not location:
            raise SourceError(_refusal(status))
        url = urljoin(url, location)
        if urlsplit(url).scheme not in {"http", "https"}:
            raise SourceError("The radio redirects to an address that is not http(s).")
    raise SourceError(f"The radio redirects more than {REDIRECTS} times.")


def _ask(url: str, *, titles: bool, reach: Reach) -> tuple[RadioStream, int]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    connection = _connect(host, parts.port or (443 if secure else 80), reach)
    try:
        if secure:
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        connection.settimeout(READ_TIMEOUT)
        connection.sendall(_request(url, titles=titles))
        body = connection.makefile("rb")
        status, headers = _head(body)
    except OSError as error:
        connection.close()
        raise SourceError(f"The radio at {host} did not answer properly: {error.strerror or error}.") from error
    except SourceError:
        connection.close()
        raise
    return RadioStream(headers, body, connection), status


def _connect(host: str, port: int, reach: Reach) -> socket.socket:
    """Resolve the name, check all it leads to, and connect to the first of them that answers."""
    if not is_web_port(port, reach.ports):
        raise SourceError(f"The radio's address names port {port}, which Longwave does not call.")
    try:
        places = look_up(host, port)
        for place in places:
            if judge(place.ip) is Verdict.NEVER or (judge(place.ip) is Verdict.INSIDE and not reach.private):
                raise SourceError(f"{host} leads to {place.ip}, which Longwave does not call.")
        for place in places[:-1]:
            try:
                return socket.create_connection(place.address[:2], CONNECT_TIMEOUT)
            except OSError:
                continue  # the name's next address may answer
        return socket.create_connection(places[-1].address[:2], CONNECT_TIMEOUT)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"The radio at {host} cannot be reached: {reason}.") from error


def _request(url: str, *, titles: bool) -> bytes:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    lines = [f"GET {path} HTTP/1.0", f"Host: {host}", "User-Agent: Longwave", "Accept: */*", "Connection: close"]
    if titles:
        lines.append("Icy-MetaData: 1")
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(f"Authorization: Basic {b64encode(pair.encode()).decode()}")
    text = "\r\n".join(lines)
    if any(ord(c) < 0x20 and c not in "\r\n" for c in text) or text.count("\n") != len(lines) - 1:  # noqa: PLR2004
        raise SourceError("The radio's address holds control characters.")
    return (text + "\r\n\r\n").encode("utf-8")


def _head(body: BufferedReader) -> tuple[int, dict[str, str]]:
    """Read status line and headers."""
    line = body.readline(LINE_LIMIT).decode("latin-1").split(None, 2)
    if len(line) < 2 or not (line[0].startswith("HTTP/") or line[0] == "ICY") or not line[1].isdigit():  # noqa: PLR2004
        raise SourceError("What answers at the radio's address does not speak HTTP.")
    try:
        headers = http.client.parse_headers(body)
    except http.client.HTTPException as error:
        raise SourceError(f"The radio's headers cannot be read: {error}.") from error
    return int(line[1]), {name.lower(): value.strip() for name, value in headers.items()}


def _refusal(status: int) -> str:
    if status in {401, 403}:
        return f"The radio refuses us (HTTP {status}): the address needs a user and password, or other ones."
    if status == 404:  # noqa: PLR2004
        return "The radio has no stream at this address (HTTP 404): the mount point is wrong or nobody plays there."
    return f"The radio answers HTTP {status}."
