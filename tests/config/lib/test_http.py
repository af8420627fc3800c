"""Addresses an operator can type are fetched safely."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from config.lib import http
from config.lib.addresses import NEVER_PORTS, AddressRefusedError, NameUnknownError, is_allowed
from config.lib.http import FetchError
from streaming.playout import addresses as engine
from tests.fakes.serving import Handler, serving

NEVER = [
    "0.0.0.0",  # noqa: S104 - the point is that it is refused
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "fe80::1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
]
NEAR = ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.2", "fd00::1", "100.64.0.1", "::ffff:10.0.0.1"]
FAR = ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("text", NEVER)
def test_an_address_that_belongs_to_no_radio_is_never_called(text: str):
    address = ipaddress.ip_address(text)
    assert not is_allowed(address, private=True)
    assert not is_allowed(address, private=False)


@pytest.mark.parametrize("text", NEAR)
def test_a_near_address_is_called_only_where_that_is_wanted(text: str):
    address = ipaddress.ip_address(text)
    assert is_allowed(address, private=True)
    assert not is_allowed(address, private=False)


@pytest.mark.parametrize("text", FAR)
def test_a_public_address_is_called(text: str):
    assert is_allowed(ipaddress.ip_address(text), private=False)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/",
        "http:///nothing",
        "example.org/no-scheme",
        "http://user:word@example.org/",
        "http://[::1",
        "",
    ],
)
def test_a_url_that_is_no_plain_web_address_is_refused(url: str):
    with pytest.raises(AddressRefusedError):
        http.get(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_no_spelling_of_this_machine_is_called_where_near_ones_are_refused(settings, host: str):
    settings.OUTBOUND_PRIVATE = False
    with _server({}) as server:
        with pytest.raises(AddressRefusedError):
            http.get(f"http://{host}:{server.port}/")
        assert server.calls == []


def test_the_metadata_service_of_a_cloud_is_never_called(settings):
    settings.OUTBOUND_PRIVATE = True
    with pytest.raises(AddressRefusedError, match=r"169\.254\.169\.254"):
        http.get("http://169.254.169.254/latest/meta-data/")


def test_a_name_is_connected_to_the_address_that_was_checked(monkeypatch):
    """A name that would lead elsewhere the second time is not asked a second time."""
    asked = []

    def answer(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with _server({"/": (200, {}, b"hello")}) as server:
        monkeypatch.setattr(socket, "getaddrinfo", _only_for("rebind.test", answer))
        assert http.get(f"http://rebind.test:{server.port}/").body == b"hello"
    assert asked == ["rebind.test"]


def test_a_name_with_one_refused_address_is_refused(monkeypatch):
    def answer(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.1", "169.254.169.254")]

    monkeypatch.setattr(socket, "getaddrinfo", _only_for("half.test", answer))
    with pytest.raises(AddressRefusedError):
        http.get("http://half.test/")


def test_a_name_nobody_knows_is_said_to_be_unknown():
    with pytest.raises(NameUnknownError, match="no-such-radio"):
        http.get("http://no-such-radio.invalid/")


def test_an_answer_comes_whole_with_its_headers():
    with _server({"/status": (200, {"ETag": '"a"'}, b"{}")}) as server:
        answer = http.get(f"{server.url}/status", headers={"Accept": "application/json"})
    assert (answer.status, answer.headers["etag"], answer.body) == (200, '"a"', b"{}")
    assert server.calls == ["/status"]


def test_a_redirect_is_an_answer_and_is_not_followed():
    with _server({"/a": (302, {"Location": "/b"}, b"")}) as server:
        assert http.get(f"{server.url}/a").status == 302
    assert server.calls == ["/a"]


def test_redirects_are_followed_where_that_is_asked_for_and_three_at_most():
    pages = {f"/{n}": (302, {"Location": f"/{n + 1}"}, b"") for n in range(9)} | {"/9": (200, {}, b"there")}
    with _server(pages) as server:
        assert http.get(f"{server.url}/6", redirects=3).body == b"there"
        server.calls.clear()
        with pytest.raises(FetchError, match="leads on more than 3 times"):
            http.get(f"{server.url}/0", redirects=50)
    assert server.calls == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "file:///etc/passwd", "http://a:b@example.org/"])
def test_a_redirect_is_checked_like_the_address_itself(target: str):
    with _server({"/": (302, {"Location": target}, b"")}) as server, pytest.raises(AddressRefusedError):
        http.get(server.url + "/", redirects=3)


def test_headers_go_to_the_first_host_alone():
    with _server({"/": (200, {}, b"hello")}) as other:
        pages = {"/": (302, {"Location": f"{other.url.replace('127.0.0.1', 'localhost')}/"}, b"")}
        with _server(pages) as server:
            http.get(server.url + "/", headers={"X-API-Key": "mine"}, redirects=1)
    assert [[name for name in asked if name.lower() == "x-api-key"] for asked in other.headers] == [[]]
    assert [[name for name in asked if name.lower() == "x-api-key"] for asked in server.headers] == [["X-API-Key"]]


@pytest.mark.parametrize("port", [22, 25, 1023, 5432, 6379, 11211])
def test_ports_of_other_services_are_never_called(port: int):
    with pytest.raises(AddressRefusedError, match=f"names port {port}"):
        http.get(f"http://127.0.0.1:{port}/")


def test_an_installation_may_name_the_ports(settings):
    with _server({"/": (200, {}, b"hello")}) as server:
        settings.OUTBOUND_PORTS = ((80, 80), (server.port, server.port))
        assert http.get(server.url + "/").body == b"hello"
        settings.OUTBOUND_PORTS = ((80, 80),)
        with pytest.raises(AddressRefusedError, match=f"names port {server.port}"):
            http.get(server.url + "/")


def test_the_engine_refuses_the_same_ports():
    assert NEVER_PORTS == engine.NEVER_PORTS


def test_an_answer_that_is_too_large_is_cut_off():
    with (
        _server({"/": (200, {}, b"x" * 5000)}) as server,
        pytest.raises(FetchError, match="more than 4 KiB"),
    ):
        http.get(server.url, most=4096)


def test_a_server_that_trickles_is_given_up_on_in_time():
    with _trickling() as port:
        begun = time.monotonic()
        with pytest.raises(FetchError, match="did not answer in full within"):
            http.get(f"http://127.0.0.1:{port}/", seconds=0.6)
        assert time.monotonic() - begun < 2


def test_a_closed_port_is_said_to_be_unreachable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        with pytest.raises(FetchError, match=r"127\.0\.0\.1 could not be fetched"):
            http.get(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def _only_for(name: str, answer: Any) -> Any:
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        return answer(host, port, **kwargs) if host == name else real(host, port, *args, **kwargs)

    return getaddrinfo


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, pages: dict[str, tuple[int, dict[str, str], bytes]]) -> None:
        self.pages = pages
        self.calls: list[str] = []
        self.headers: list[list[str]] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"


class _Handler(Handler, BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.calls.append(self.path)
        self.server.headers.append(list(self.headers))
        status, headers, body = self.server.pages.get(self.path, (200, {}, b""))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _server(pages: dict[str, tuple[int, dict[str, str], bytes]]):
    return serving(_Server(pages))


@contextmanager
def _trickling():
    over = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.1):
                try:
                    connection.sendall(b"X-Slow: 1\r\n")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()
