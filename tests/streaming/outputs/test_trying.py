"""Trying a destination shakes hands with a server and publishes nothing."""

from __future__ import annotations

import socket
import threading

import pytest

from streaming.outputs import rtmp
from streaming.outputs.reaching import NoAnswerError, Target
from streaming.outputs.rtmp import CHUNK


@pytest.fixture
def server():
    """Give a function that serves one connection with another and returns its port."""
    listeners = []

    def serve(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run():
            connection, _ = listener.accept()
            with connection:
                answer(connection)

        threading.Thread(target=run, daemon=True).start()
        return listener.getsockname()[1]

    yield serve
    for listener in listeners:
        listener.close()


def at(port, scheme="rtmp"):
    return Target("127.0.0.1", port, scheme, ["127.0.0.1"])


def test_a_server_that_shakes_hands_is_there_and_gets_no_more_than_that(server):
    got = []

    def answer(connection):
        asked = connection.recv(1 + CHUNK, socket.MSG_WAITALL)
        connection.sendall(b"\x03" + bytes(CHUNK) + asked[1:])
        got.append((asked[0], len(asked), connection.recv(CHUNK, socket.MSG_WAITALL), connection.recv(1)))

    port = server(answer)
    assert 0 < rtmp.shake_hands(at(port)) < 5
    for _ in range(200):
        if got:
            break
        threading.Event().wait(0.01)
    assert got == [(3, 1 + CHUNK, bytes(CHUNK), b"")]


def refused(target, seconds=6.0):
    with pytest.raises(NoAnswerError) as error:
        rtmp.shake_hands(target, seconds=seconds)
    return str(error.value)


def test_a_web_server_is_told_from_an_rtmp_server(server):
    port = server(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200))
    assert "not as an RTMP server" in refused(at(port))


def test_a_server_that_hangs_up_is_said_to(server):
    assert "hung up" in refused(at(server(lambda connection: connection.recv(4096))))


def test_a_server_that_says_nothing_is_waited_for_only_so_long(server):
    over = threading.Event()
    port = server(lambda _: over.wait(10))
    assert "did not answer" in refused(at(port), seconds=0.3)
    over.set()


def test_a_closed_port_is_said_to_be_closed():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "nothing listens" in refused(at(port))


def test_a_plain_server_does_not_pass_for_a_tls_one(server):
    assert "TLS" in refused(at(server(lambda connection: connection.sendall(b"plain text, no TLS")), "rtmps"))
