"""The real peers that other tests rely on do what those tests believe."""

from __future__ import annotations

import subprocess
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.plugins import peers
from tests.plugins.daemon import find_program, wait_until
from tests.plugins.tones import tone_mp3

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.icecast import Icecast
    from tests.plugins.nginx_rtmp import NginxRtmp


@pytest.mark.peers("nginx", "ffmpeg")
def test_a_publish_is_announced_recorded_and_in_the_statistics(nginx_rtmp: NginxRtmp, tmp_path: Path) -> None:
    publisher = publish(nginx_rtmp.rtmp_url("live", "demo"))
    nginx_rtmp.wait_for("publish", "demo")
    wait_until(lambda: "demo" in nginx_rtmp.stat()["live"], within=5, what="the stream in the statistics")
    assert publisher.wait(20) == 0

    done = nginx_rtmp.wait_for("record_done", "demo")
    assert nginx_rtmp.recordings() == [done.path]
    assert nginx_rtmp.recordings()[0].stat().st_size > 10_000
    assert nginx_rtmp.publishes("demo") == 1


@pytest.mark.peers("nginx", "ffmpeg")
def test_a_killed_relay_comes_back_on_the_same_address(nginx_rtmp: NginxRtmp) -> None:
    nginx_rtmp.kill()
    nginx_rtmp.start()
    assert publish(nginx_rtmp.rtmp_url("backup", "demo")).wait(20) == 0
    assert nginx_rtmp.wait_for("record_done", "demo", app="backup").path == nginx_rtmp.recordings("backup")[0]


@pytest.mark.peers("icecast", "liquidsoap")
def test_a_radio_sends_titles_in_the_stream_and_skips_on_demand(
    icecast: Icecast,
    liquidsoap: peers.LiquidsoapFactory,
    tmp_path: Path,
) -> None:
    tracks = [tone_mp3(tmp_path / f"{n}.mp3", artist="Ada", title=f"Song {n}", hertz=300 + 100 * n) for n in (1, 2)]
    radio = liquidsoap(tracks)
    titles = stream_titles(radio.url)
    first = next(titles)
    radio.skip()
    assert {first, next(titles)} == {"Ada - Song 1", "Ada - Song 2"}
    assert icecast.has_mount("/radio.mp3")


def test_a_missing_peer_skips_by_name_and_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "find_program", lambda *_names: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="liquidsoap is not installed"):
        peers.require("liquidsoap")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="liquidsoap is not installed"):
        peers.require("liquidsoap")


def publish(url: str) -> subprocess.Popen[bytes]:
    """Start a two-second publish."""
    ffmpeg = str(find_program("ffmpeg"))
    picture = ["-re", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=30:duration=2"]
    return subprocess.Popen([ffmpeg, "-v", "error", *picture, "-c:v", "libx264", "-f", "flv", url])


def stream_titles(url: str):
    """Yield each new StreamTitle of an Icecast mount."""
    request = urllib.request.Request(url, headers={"Icy-MetaData": "1"})
    seen = ""
    with urllib.request.urlopen(request, timeout=15) as answer:
        distance = int(answer.headers["icy-metaint"])
        while True:
            answer.read(distance)
            text = answer.read(answer.read(1)[0] * 16).rstrip(b"\0").decode()
            if text and text != seen:
                seen = text
                yield text.partition("StreamTitle='")[2].partition("';")[0]
