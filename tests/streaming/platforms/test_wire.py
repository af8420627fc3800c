"""Calls are bounded, repeated only where that does no harm, and tell nothing of what they carry."""

from __future__ import annotations

import socket
import time

import pytest

from streaming.platforms import wire
from streaming.platforms.errors import PlatformAwayError
from tests.fakes.platform import Answered, Asked, FakePlatform
from tests.fakes.serving import serving


class Plain(FakePlatform):
    def answer(self, _: Asked) -> Answered:
        return Answered(200, {"ok": True})


@pytest.fixture
def server():
    with serving(Plain()) as running:
        yield running


def call(server: FakePlatform, **fields: object) -> wire.Call:
    return wire.Call(**{"service": "It", "method": "GET", "url": f"{server.url}/x", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_be_repeated_is_tried_again(server, status):
    server.fail("GET /x", Answered(status))
    assert wire.send(call(server, again=True)).json() == {"ok": True}
    assert server.count("GET /x") == 2


@pytest.mark.parametrize(("status", "again"), [(503, False), (500, True), (400, True), (403, True)])
def test_anything_else_is_sent_once(server, status, again):
    server.fail("GET /x", Answered(status))
    assert wire.send(call(server, again=again)).status == status
    assert server.count("GET /x") == 1


def test_a_wait_that_the_platform_names_is_kept(server):
    server.fail("GET /x", Answered(503, headers={"Retry-After": "2"}))
    began = time.monotonic()
    assert wire.send(call(server, again=True)).ok
    assert time.monotonic() - began >= 2


def test_a_wait_that_is_too_long_is_left_to_the_caller(server):
    server.fail("GET /x", Answered(429, headers={"Retry-After": "600"}))
    reply = wire.send(call(server, again=True))
    assert (reply.status, wire.retry_after(reply)) == (429, 600)


def test_redirects_are_not_followed(server):
    server.fail("GET /x", Answered(302, headers={"Location": f"{server.url}/elsewhere"}))
    assert wire.send(call(server, again=True)).status == 302
    assert server.count("GET /elsewhere") == 0


def test_an_endless_answer_is_cut_off(server):
    server.fail("GET /x", Answered(200, b"x" * (wire.MOST_BYTES + 1)))
    with pytest.raises(PlatformAwayError, match="more than 1024 KiB"):
        wire.send(call(server))


def test_a_server_that_says_nothing_is_given_up(server):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/x?token=secret-token"
        with pytest.raises(PlatformAwayError) as told:
            wire.send(call(server, url=url, seconds=0.5))
    assert "too long" in told.value.detail
    assert "secret-token" not in told.value.detail


def test_nobody_there_is_tried_again_and_then_said(server):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(PlatformAwayError, match="It cannot be reached"):
        wire.send(call(server, url=f"http://127.0.0.1:{port}/x?key=secret-token", again=True, seconds=2))


def test_what_is_no_json_is_said(server):
    server.fail("GET /x", Answered(200, b"<html>"))
    with pytest.raises(PlatformAwayError, match="no JSON"):
        wire.send(call(server)).json()


def test_it_says_who_calls(server):
    wire.send(call(server))
    assert server.last("GET /x").headers["user-agent"].startswith("Longwave")


def test_a_call_shows_nothing_of_what_it_carries():
    shown = repr(
        wire.Call("It", "POST", "https://x/y", headers={"Authorization": "Bearer s3cret"}, form={"k": "s3cret"})
    )
    assert "s3cret" not in shown
