"""The web process ends gently: what it has begun it finishes, what comes later waits for the next one."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from config.home import BASE_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def serve(listener: socket.socket) -> subprocess.Popen[str]:
    """A web process on the socket, as the supervisor starts it, with a slow site."""
    fd = listener.fileno()
    command = [sys.executable, "-m", "config.serving", "-v", "0", "--fd", str(fd), "tests.fakes.slow_site:application"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, pass_fds=[fd], cwd=BASE_DIR, text=True)


def ask(listener: socket.socket, path: str, answers: dict[str, tuple[int, bytes]]) -> threading.Thread:
    """Ask for a page in a thread; the answer is put under its path."""

    def asking() -> None:
        host, port = listener.getsockname()
        connection = http.client.HTTPConnection(host, port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        answers[path] = (answer.status, answer.read())

    thread = threading.Thread(target=asking)
    thread.start()
    return thread


def heard(process: subprocess.Popen[str], line: str) -> None:
    assert process.stderr is not None
    assert any(said.strip() == line for said in process.stderr), f"it never said {line}"


def test_a_request_under_way_is_answered_and_a_later_one_by_the_next_process(listener: socket.socket) -> None:
    answers: dict[str, tuple[int, bytes]] = {}
    first = serve(listener)
    early = ask(listener, "/early", answers)
    heard(first, "begun /early")
    first.send_signal(signal.SIGTERM)
    early.join(10)
    assert answers["/early"] == (200, b"done")
    assert first.wait(10) == 0

    late = ask(listener, "/late", answers)  # nobody accepts now: it waits in the socket
    second = serve(listener)
    late.join(20)
    assert answers["/late"] == (200, b"done")
    second.terminate()
    assert second.wait(10) == 0


def test_an_idle_process_ends_at_once(listener: socket.socket) -> None:
    answers: dict[str, tuple[int, bytes]] = {}
    process = serve(listener)
    ask(listener, "/", answers).join(20)
    process.terminate()
    assert process.wait(2) == 0


def test_what_never_ends_does_not_keep_the_process(listener: socket.socket) -> None:
    process = serve(listener)
    with socket.create_connection(listener.getsockname()) as asking:
        asking.sendall(b"GET /stuck HTTP/1.1\r\nHost: here\r\n\r\n")
        heard(process, "begun /stuck")
        process.terminate()
        assert process.wait(15) == 0
