"""What one request may take: its headers, its body, how deep it goes, how many rows it gets, how long it asks (41)."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys

import pytest
from django.db import connection
from django.db.utils import OperationalError

from config.home import BASE_DIR
from tests.factories import make_station, make_user

MEGABYTE = 1024 * 1024
HUGE = 10 * 1024**3


@pytest.fixture(scope="module")
def web():
    """The web process as it runs, in front of a small site."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fd = listener.fileno()
        command = [sys.executable, "-m", "config.serving", "-v", "0", "--fd", str(fd), "config.asgi:application"]
        with subprocess.Popen(command, pass_fds=[fd], cwd=BASE_DIR) as process:
            yield listener.getsockname()
            process.terminate()


def say(web, head, body=b""):
    """Send raw bytes; return what comes until the first empty line."""
    with socket.create_connection(web, timeout=60) as line:
        line.sendall(head.replace(b"\n", b"\r\n"))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has answered and gone: that is asked for
            line.sendall(body)
        return line.makefile("rb").readline()


@pytest.mark.parametrize(
    "path", [b"/account/login/", b"/admin/catalog/loop/add/", b"/api/v1/loops/", b"/webhook/azuracast"]
)
def test_a_body_that_is_too_large_is_refused_before_it_comes(web, path):
    head = b"POST %s HTTP/1.1\nHost: localhost\nContent-Length: %d\n\n" % (path, HUGE)
    assert say(web, head).startswith(b"HTTP/1.1 413 ")


def test_where_files_go_to_a_file_is_waited_for_only_with_credentials(web):
    head = b"POST /api/v1/loops/ HTTP/1.1\nHost: localhost\nContent-Length: %d\n%sExpect: 100-continue\n\n"
    assert say(web, head % (100 * MEGABYTE, b"")).startswith(b"HTTP/1.1 413 ")
    assert say(web, head % (100 * MEGABYTE, b"Authorization: Token x\n")).startswith(b"HTTP/1.1 100 ")
    assert say(web, head % (HUGE, b"Authorization: Token x\n")).startswith(b"HTTP/1.1 413 ")


def test_a_body_without_a_length_is_counted_as_it_comes(web):
    chunk = b"%x\r\n%s\r\n" % (MEGABYTE, b"x" * MEGABYTE)
    head = b"POST /account/login/ HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n"
    assert say(web, head, chunk * 5).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("headers", [b"X-Long: %s\n" % (b"x" * 20_000), b"X-Many: 1\n" * 600], ids=["long", "many"])
def test_headers_without_end_are_refused(web, headers):
    said = say(web, b"GET / HTTP/1.1\nHost: localhost\n%s\n" % headers)
    assert said.startswith(b"HTTP/1.1 400 ") or not said  # a line without end is not even answered


def test_a_small_body_is_taken(web):
    head = b"POST /webhook/azuracast/x HTTP/1.1\nHost: localhost\nContent-Length: 2\n\n"
    assert not say(web, head, b"{}").startswith(b"HTTP/1.1 413 ")


@pytest.mark.django_db
class TestInside:
    def test_no_page_of_a_list_is_longer_than_two_hundred(self, client):
        for number in range(3):
            make_station(f"station-{number}")
        answer = client.get("/api/v1/stations/?page_size=100000000")
        assert answer.status_code in {200, 422}
        assert len(answer.json().get("results", [])) <= 200

    @pytest.mark.parametrize(
        "body", ["[" * 100_000, '{"a":' * 100_000, "[" * 5000 + "]" * 5000], ids=["lists", "objects", "closed"]
    )
    def test_json_nested_without_end_is_refused_and_not_an_error_of_ours(self, client, body):
        answer = client.post("/api/v1/auth/token/", body, content_type="application/json")
        assert answer.status_code in {400, 422}

    def test_a_form_of_thousands_of_fields_is_refused(self, client):
        answer = client.post("/account/login/", {f"f{number}": "" for number in range(1100)})
        assert answer.status_code == 400

    def test_json_of_more_than_two_megabytes_is_refused(self, client):
        answer = client.post("/api/v1/auth/token/", '"' + "x" * (3 * MEGABYTE) + '"', content_type="application/json")
        assert answer.status_code in {400, 413}

    def test_a_query_that_hangs_is_ended(self):
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("1min",)
            cursor.execute("SET LOCAL statement_timeout = 50")
            with pytest.raises(OperationalError, match="statement timeout"):
                cursor.execute("SELECT pg_sleep(5)")

    def test_a_text_that_is_too_long_names_its_field(self, client):
        make_user("ana@example.org")
        answer = client.post(
            "/api/v1/auth/token/",
            {"email": "ana@example.org", "password": "x" * 5000},
            content_type="application/json",
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "password"
