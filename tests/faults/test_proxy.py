"""The proxy breaks what it says, as it says, and nothing else."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time

import pytest

from tests.fakes.proxy import Proxy
from tests.plugins.daemon import answers, free_port, wait_until


class Echo:
    """Sends back what it gets, and counts it."""

    def __init__(self):
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.got = 0
        self.ends = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._server.close()

    def _accept(self):
        while True:
            try:
                link, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        try:
            while data := link.recv(65536):
                self.got += len(data)
                link.sendall(data)
        except OSError:
            pass  # it was reset, which counts as an end too
        self.ends += 1
        link.close()


@pytest.fixture
def echo():
    one = Echo()
    yield one
    one.close()


@pytest.fixture
def proxy(echo):
    with Proxy(echo.port) as one:
        yield one


@pytest.fixture
def link(proxy):
    with socket.create_connection(("127.0.0.1", proxy.port), 5) as one:
        yield one


def _exactly(link, size):
    data = b""
    while len(data) < size and (part := link.recv(size - len(data))):
        data += part
    return data


def _sent_at_once(link):
    try:
        return link.send(b"x" * 65536)
    except TimeoutError:
        return 0


def _round_trip(link, data=b"hello"):
    began = time.monotonic()
    link.sendall(data)
    assert _exactly(link, len(data)) == data
    return time.monotonic() - began


def test_it_forwards_both_ways_and_passes_an_end_on(link, proxy, echo):
    assert _round_trip(link, b"x" * 300_000) < 2
    assert (proxy.connections, proxy.forwarded) == (1, 300_000)
    link.shutdown(socket.SHUT_WR)
    assert link.recv(1) == b""
    wait_until(lambda: echo.ends == 1, within=5, what="the end")


def test_delay_is_there_in_each_direction_and_does_not_cost_throughput(link, proxy):
    proxy.delay(0.2)
    assert 0.4 <= _round_trip(link) < 0.8
    assert _round_trip(link, b"x" * 300_000) < 2
    proxy.delay(0)
    assert _round_trip(link) < 0.2


def test_a_throttle_lets_so_many_bytes_a_second_pass(link, proxy):
    proxy.throttle(100_000)
    assert 0.9 <= _round_trip(link, b"x" * 100_000) < 1.6
    proxy.throttle(0)
    assert _round_trip(link, b"x" * 100_000) < 0.5


def test_what_is_swallowed_fills_the_senders_window_and_arrives_after_release(link, proxy, echo):
    proxy.swallow()
    link.settimeout(0.5)
    sent = 0
    for size in iter(lambda: _sent_at_once(link), 0):
        sent += size
    assert echo.got <= 8192
    proxy.release()
    link.settimeout(10)
    assert len(_exactly(link, sent)) == sent == echo.got


def test_a_lost_line_comes_back_by_itself_and_the_connection_with_it(link, proxy):
    _round_trip(link)
    proxy.down(0.5)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", proxy.port), 5) as newcomer:
        link.sendall(b"a")
        newcomer.sendall(b"b")
        assert link.recv(1) == b"a"
        assert newcomer.recv(1) == b"b"
    assert 0.4 <= time.monotonic() - began < 2


def test_a_drip_is_a_few_bytes_at_a_time(link, proxy):
    proxy.drip(2, 0.05)
    assert 0.2 <= _round_trip(link, b"12345678") < 1
    proxy.drip(every=0)
    assert _round_trip(link) < 0.2


def test_a_truncated_connection_ends_after_so_many_bytes(link, proxy, echo):
    proxy.truncate(10)
    link.sendall(b"0123456789abcdef")
    assert _exactly(link, 16) == b"0123456789"
    assert echo.got == 10


def test_a_half_open_connection_takes_everything_and_tells_nothing(link, proxy, echo):
    _round_trip(link)
    proxy.half_open()
    wait_until(lambda: echo.ends == 1, within=5, what="the far end")
    link.settimeout(0.3)
    link.sendall(b"x" * 1_000_000)
    with pytest.raises(TimeoutError):
        link.recv(1)
    assert echo.got == 5
    with socket.create_connection(("127.0.0.1", proxy.port), 5) as newcomer:
        _round_trip(newcomer)


def test_a_reset_is_a_reset_and_newcomers_are_welcome(link, proxy):
    _round_trip(link)
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        link.recv(1)
    with socket.create_connection(("127.0.0.1", proxy.port), 5) as newcomer:
        _round_trip(newcomer)


def test_refusing_turns_newcomers_away_and_leaves_the_others(link, proxy):
    _round_trip(link)
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port), 5)
    _round_trip(link)
    proxy.accept()
    assert answers(proxy.port)


def test_a_target_that_refuses_shows_as_a_reset():
    with Proxy(free_port()) as proxy:
        link = socket.create_connection(("127.0.0.1", proxy.port), 5)
        with link, pytest.raises(ConnectionResetError):
            link.recv(1)


def test_by_hand_the_weather_is_changed_line_by_line(echo):
    port = free_port()
    hand = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.proxy", str(port), f"127.0.0.1:{echo.port}", "--delay", "0.2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: answers(port), within=10, what="the proxy")
    with socket.create_connection(("127.0.0.1", port), 5) as link:
        assert _round_trip(link) >= 0.4
        said = hand.communicate("rain\ndelay much\nreset\n", timeout=10)[0].splitlines()
        with pytest.raises(ConnectionResetError):
            link.recv(1)
    assert said[0].startswith("Say one of swallow, release, down")
    assert said[1] == "delay: could not convert string to float: 'much'"
