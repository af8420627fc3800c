"""Trying a destination of each kind connects as far as can be done without its key."""

from __future__ import annotations

import shutil
import socket
import struct
import threading
from contextlib import contextmanager

import pytest
from django.core.files.storage import default_storage

from streaming.outputs.services import add_destination
from streaming.outputs.srt import HANDSHAKE, HEADER, MAGIC
from streaming.outputs.trying import try_destination
from tests.factories import make_station
from tests.plugins.peers import require
from tests.streaming.nodes.stage import until
from tests.streaming.playout.test_srt import Listener

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return make_station()


@contextmanager
def answering(answer):
    """Serve datagrams on a port: ``answer`` gets each and returns what is sent back, or nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", 0))

        def serve():
            while True:
                try:
                    data, peer = link.recvfrom(2000)
                except OSError:
                    return
                if not data:
                    return
                said = answer(data)
                if said:
                    link.sendto(said, peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield link.getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", link.getsockname())
        thread.join(5)


def listener(data: bytes) -> bytes:
    """What a listener answers to an induction (draft-sharabayko-srt, 4.3.1.1)."""
    version, _, _, number, packet, window, kind, *_ = HANDSHAKE.unpack_from(data, HEADER.size)
    assert (HEADER.unpack_from(data)[0], version, kind, len(data)) == (0x8000, 4, 1, 64)
    header = HEADER.pack(0x8000, 0, 0, 0, 1)
    return header + HANDSHAKE.pack(5, 0, MAGIC, number, packet, window, 1, 7, 99, bytes(16))


def trial(station, url, **options):
    return try_destination(destination=add_destination(station=station, url=url, allow_private=True, **options))


def test_an_srt_receiver_that_listens_is_there(station):
    with answering(listener) as port:
        result = trial(station, f"srt://127.0.0.1:{port}")
    assert (result.ok, "SRT receiver" in result.sentence) == (True, True)


@pytest.mark.peers("ffmpeg")
def test_a_real_receiver_answers_and_goes_on_listening(station, tmp_path):
    require("ffmpeg")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    receiver = Listener(tmp_path / "got.ts", port)
    try:
        row = add_destination(station=station, url=f"srt://127.0.0.1:{port}", allow_private=True)
        until(lambda: try_destination(destination=row).ok, "an answer", 20)
        assert try_destination(destination=row).ok
        assert receiver.process.poll() is None
    finally:
        receiver.process.kill()
        receiver.process.wait()


def test_a_lost_first_question_is_asked_again(station):
    asked = []

    def deaf_once(data):
        asked.append(data)
        return listener(data) if len(asked) > 1 else None

    with answering(deaf_once) as port:
        assert trial(station, f"srt://127.0.0.1:{port}").ok
    assert len(asked) == 2


@pytest.mark.parametrize("said", [b"hello", struct.pack(">I", 0x80000000) + bytes(60)])
def test_what_answers_otherwise_is_no_srt_receiver(station, said):
    with answering(lambda _: said) as port:
        result = trial(station, f"srt://127.0.0.1:{port}")
    assert (result.ok, "not as an SRT receiver" in result.sentence) == (False, True)


def test_a_closed_srt_port_is_said_to_be(station):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", 0))
        port = link.getsockname()[1]
    assert "nothing listens" in trial(station, f"srt://127.0.0.1:{port}").sentence


def test_a_web_server_for_hls_is_connected_to(station):
    with socket.create_server(("127.0.0.1", 0)) as server:
        result = trial(station, f"http://127.0.0.1:{server.getsockname()[1]}/out.m3u8")
    assert result.ok


def test_both_ingests_are_tried(station):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = trial(
        station, f"rtmp://127.0.0.1:{port}/a", key="kkkk", backup_url=f"rtmp://127.0.0.1:{port}/b", backup="both"
    )
    assert "nothing listens" in result.sentence


def test_a_recording_tells_what_is_free(station, settings, tmp_path):
    settings.PLACES = type(settings.PLACES)(tmp_path)
    assert "free" in trial(station, "recording", to_storage=True).sentence


def test_a_recording_without_room_or_storage_is_told(station, settings, tmp_path, monkeypatch):
    settings.PLACES = type(settings.PLACES)(tmp_path)
    row = add_destination(station=station, url="recording", to_storage=True)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "save", refuse)
        assert (
            try_destination(destination=row).sentence == "The media storage does not take the file: Permission denied."
        )
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10**6))
    assert "make room" in try_destination(destination=row).sentence
