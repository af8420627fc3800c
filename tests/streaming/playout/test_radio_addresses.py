"""A radio's address, and each one it leads on to, is checked before anything is sent there."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager

import pytest

from streaming.playout.errors import SourceError
from streaming.playout.sources.http import Reach, open_stream
from streaming.playout.spec.sources import RadioSpec, parse_source

STRICT = Reach(private=False)


@contextmanager
def answering(reply: bytes):
    """A server that gives one and the same answer, and the port and the number of calls."""
    calls: list[int] = []

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                calls.append(1)
                connection.recv(4096)
                connection.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1], calls
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_no_spelling_of_this_machine_is_called_where_near_ones_are_refused(host):
    with answering(b"HTTP/1.0 200 OK\r\n\r\n") as (port, calls):
        with pytest.raises(SourceError, match="which Longwave does not call"):
            open_stream(f"http://{host}:{port}/", titles=True, reach=STRICT)
        assert calls == []
        open_stream(f"http://127.0.0.1:{port}/", titles=True, reach=Reach()).close()
        assert calls == [1]


def test_a_redirect_to_the_metadata_service_is_not_followed():
    with (
        answering(b"HTTP/1.0 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n") as (port, _),
        pytest.raises(SourceError, match=r"leads to 169\.254\.169\.254"),
    ):
        open_stream(f"http://127.0.0.1:{port}/", titles=True, reach=Reach())


def test_a_name_is_connected_to_the_address_that_was_checked(monkeypatch):
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host, port, *rest, **words):
        if host != "rebind.test":
            return real(host, port, *rest, **words)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "169.254.169.254", port, *rest, **words)

    with answering(b"ICY 200 OK\r\n\r\n") as (port, calls):
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        open_stream(f"http://rebind.test:{port}/", titles=True, reach=Reach()).close()
        assert (asked, calls) == (["rebind.test"], [1])


@pytest.mark.parametrize("port", [22, 25, 6379])
def test_ports_of_other_services_are_never_called(port):
    with pytest.raises(SourceError, match=f"names port {port}"):
        open_stream(f"http://127.0.0.1:{port}/", titles=True, reach=Reach())


def test_the_order_says_what_may_be_called():
    radio = {"kind": "radio", "url": "http://radio.example/live"}
    assert parse_source(radio, "source") == RadioSpec("http://radio.example/live", titles=True)
    strict = parse_source({**radio, "private": False, "ports": [[80, 80]]}, "source")
    assert isinstance(strict, RadioSpec)
    assert (strict.private, strict.ports) == (False, ((80, 80),))
