"""The ingest server as it is delivered: a real nginx-rtmp, real publishers, our doors behind it."""

from __future__ import annotations

import http.server
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import av
import pytest
from av.error import FFmpegError
from django.db import connections

from streaming.ingest.models import Takeover
from streaming.ingest.services import revoke_presenter_key
from tests.plugins.peers import open_folder
from tests.streaming.ingest.presenters import HOST, IngestServer, Presenter, free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.peers("nginx"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("switched_on"),
]
SMALL = ("--size", "320x180")


@pytest.fixture
def server(live_server, settings) -> Iterator[IngestServer]:
    with running(settings, live_server.url) as server:
        yield server


@contextmanager
def running(settings, callback: str, **plan) -> Iterator[IngestServer]:
    port = free_port()
    url = f"rtmp://{HOST}:{port}/ingest"
    plan = {"url": url, "port": port, "host": HOST, "application": "ingest", "callback_url": callback, **plan}
    settings.INGEST = replace(settings.INGEST, play_from=plan.pop("play_from", (HOST,)), **plan)
    with open_folder() as folder:
        server = IngestServer(folder, settings.INGEST)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def plays(url: str) -> bool:
    """Whether anything of a stream can be had."""
    try:
        with av.open(url, timeout=(3, 1.5)) as stream:
            return any(packet.size for packet in stream.demux())
    except FFmpegError:
        return False


def ended() -> bool:
    return not Takeover.objects.filter(ended_at=None).exists()


def test_a_presenter_comes_and_goes_and_nobody_learns_the_key(server, ayu):
    key = ayu[1]
    with Presenter(server.url(key), *SMALL) as presenter:
        presenter.published()
        takeover = Takeover.objects.get()
        assert plays(server.url(takeover.stream))
        assert not plays(server.url(key)), "the key must not be the name by which the stream can be played"
        presenter.send(signal.SIGTERM)
        wait_until(ended, within=5, what="the end")
    with Presenter(server.url("a-wrong-key"), *SMALL) as stranger:
        assert stranger.code() == 1
    takeover.refresh_from_db()
    assert (takeover.end, takeover.address) == (Takeover.End.STOPPED, HOST)
    assert [word for word in (key, "a-wrong-key", server.plan.secret) if word in server.output] == []


def test_a_killed_publisher_is_noticed_at_once(server, ayu):
    with Presenter(server.url(ayu[1]), *SMALL) as presenter:
        presenter.published().send(signal.SIGKILL)
        began = time.monotonic()
        wait_until(ended, within=5, what="the end")
        assert time.monotonic() - began < 1.0


def test_a_frozen_publisher_is_cut_off_and_may_come_again(server, ayu):
    with Presenter(server.url(ayu[1]), *SMALL) as frozen:
        frozen.published()
        time.sleep(0.5)  # some media first: what is tested is that it stops
        frozen.send(signal.SIGSTOP)
        began = time.monotonic()
        wait_until(ended, within=8, what="the end")
        assert 1.5 < time.monotonic() - began < 4.5
        with Presenter(server.url(ayu[1]), *SMALL) as again:
            again.published()
            assert Takeover.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize("key", ["", "wrong", "wrong?key=1"])
def test_a_wrong_key_is_refused(server, ayu, key):
    with Presenter(server.url(key), *SMALL) as stranger:
        assert stranger.code() == 1
    assert Takeover.objects.count() == 0


def test_a_revoked_key_is_refused(server, ayu):
    revoke_presenter_key(key=ayu[0])
    with Presenter(server.url(ayu[1]), *SMALL) as stranger:
        assert stranger.code() == 1


def test_a_publisher_cannot_answer_for_the_server(server, ayu):
    with Presenter(server.url(f"{ayu[1]}?clientid=99&name=wrong"), *SMALL) as stranger:
        assert stranger.code() == 1
    assert Takeover.objects.count() == 0


def test_the_second_publisher_with_a_key_has_the_station_and_the_first_one_going_ends_nothing(server, ayu):
    with Presenter(server.url(ayu[1]), *SMALL) as first, Presenter(server.url(ayu[1]), *SMALL) as second:
        first.published()
        second.published()
        wait_until(lambda: Takeover.objects.count() == 2, within=5, what="the second takeover")
        newest = Takeover.objects.get(ended_at=None)
        late, early = (second, first)
        assert plays(server.url(newest.stream))
        early.send(signal.SIGKILL)
        assert early.code() == -signal.SIGKILL
        with Presenter(server.url("wrong"), *SMALL) as stranger:  # one more call, so the first one's end was told
            stranger.code()
        running = set(Takeover.objects.filter(ended_at=None).values_list("pk", flat=True))
        assert running <= {newest.pk}
        late.send(signal.SIGKILL)
        wait_until(ended, within=5, what="the end")


def test_after_a_restart_of_the_server_equal_numbers_confuse_nobody(server, ayu):
    with Presenter(server.url(ayu[1]), *SMALL) as before:
        before.published()
        server.kill()
        assert before.code() == 2
        stale = Takeover.objects.get()
        assert stale.ended_at is None, "a killed server tells nobody"
        server.start()
        with Presenter(server.url(ayu[1]), *SMALL) as again:
            again.published()
            newest = Takeover.objects.get(ended_at=None)
            assert (newest.client_id, newest.pk != stale.pk) == (stale.client_id, True)
            again.send(signal.SIGKILL)
            wait_until(ended, within=5, what="the end")


def test_a_web_process_that_is_away_lets_nobody_in(settings, ayu):
    with running(settings, f"http://{HOST}:{free_port()}") as server:
        with Presenter(server.url(ayu[1]), *SMALL) as presenter:
            assert presenter.code() == 1
        assert ayu[1] not in server.output


def test_a_web_process_that_hangs_lets_nobody_in(settings, ayu):
    with (
        Answering(None) as silent,
        running(settings, silent.url) as server,
        Presenter(server.url(ayu[1]), *SMALL) as presenter,
    ):
        assert presenter.code(within=20) == 1


@pytest.mark.parametrize("status", [301, 307, 308, 400, 403, 404, 500, 503])
def test_what_is_not_our_yes_is_a_no(settings, ayu, status):
    """A proxy that redirects to https would else let everybody in."""
    with (
        Answering(status) as other,
        running(settings, other.url) as server,
        Presenter(server.url(ayu[1]), *SMALL) as presenter,
    ):
        assert presenter.code() == 1


def test_only_the_encoders_machines_may_play(live_server, settings, ayu):
    with (
        running(settings, live_server.url, play_from=("192.0.2.1",)) as server,
        Presenter(server.url(ayu[1]), *SMALL) as presenter,
    ):
        presenter.published()
        assert not plays(server.url(Takeover.objects.get().stream))


class Answering:
    """A web server that is not ours and says one thing; with None it never answers."""

    def __init__(self, status: int | None) -> None:
        """Listen on a free port."""
        done = self._done = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                if status is None:
                    done.wait(30)
                    return
                self.send_response(status)
                self.send_header("Location", "https://elsewhere.example/")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(autouse=True)
def _hang_up():
    yield
    connections.close_all()
