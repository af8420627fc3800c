"""RTMPS: the same stream inside TLS that is verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.proxy import Proxy
from tests.streaming.playout.certificates import make_certificate, server_context
from tests.streaming.playout.recording import read

pytestmark = pytest.mark.peers("nginx")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody but those given it trusts; its key beside it in the same file."""
    return make_certificate(tmp_path / "relay.pem")


@pytest.fixture
def relay(certificate, nginx_rtmp):
    """The relay behind TLS, as a platform stands; gives the output that publishes to it."""
    with Proxy(nginx_rtmp.rtmp_port, tls=server_context(certificate)) as proxy:
        yield {"id": "tls", "kind": "rtmp", "url": f"rtmps://127.0.0.1:{proxy.port}/live", "key": "st", "private": True}


def test_a_trusted_platform_gets_the_stream(play, pictures, certificate, relay, nginx_rtmp):
    player = play(environment={"SSL_CERT_FILE": str(certificate)}, outputs=[relay])
    player.wait_for("output", id="tls", up=True)
    player.show(pictures["green"])
    frame = player.wait_for("aired", picture="green")["frame"]
    player.next_statistics(lambda e: e["frame"] > frame + 60)
    player.stop()
    recording = read(nginx_rtmp.wait_for("record_done", "st").path)
    assert recording.errors == 0
    assert recording.video.largest_step <= 40
    assert [colour for _, colour in recording.changes()] == ["red", "green"]


def test_a_certificate_nobody_vouches_for_is_refused_in_words(play, relay, nginx_rtmp):
    player = play(outputs=[relay])
    said = player.wait_for("error", about="output:tls")["message"]
    assert "offers no TLS that can be trusted" in said
    assert "certificate" in said
    assert nginx_rtmp.publishes("st") == 0
