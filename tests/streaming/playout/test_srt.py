"""SRT to a real listener: encrypted, under a stream id, with secrets that nobody can look up."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from streaming.playout.errors import OutputError, SpecError
from streaming.playout.lease import now
from streaming.playout.outputs import libsrt
from streaming.playout.spec import parse_outputs
from tests.plugins.daemon import find_program
from tests.plugins.peers import require
from tests.streaming.playout.recording import read

PASSPHRASE = "a-long-secret-phrase"
KEY = "publish:studio/secret-key"


class Listener:
    """FFmpeg as an SRT listener that records what it is sent, without coding."""

    def __init__(self, file: Path, port: int, passphrase: str = "") -> None:
        query = "mode=listener&transtype=live" + (f"&passphrase={passphrase}" if passphrase else "")
        command = [str(find_program("ffmpeg")), "-hide_banner", "-nostdin", "-y"]
        command += ["-i", f"srt://127.0.0.1:{port}?{query}", "-c", "copy", "-f", "mpegts", "-flush_packets", "1"]
        self.file = file
        self.log = file.with_suffix(".log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*command, str(file)], stderr=log)

    def end(self) -> Path:
        """End it as an operator would; returns the recording."""
        self.process.terminate()
        self.process.wait(10)
        return self.file


def _free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def listen(tmp_path):
    """Start a listener with ``listen(passphrase=…)``."""
    require("ffmpeg")
    try:
        libsrt.library()
    except OutputError as error:
        pytest.skip(str(error))
    started: list[Listener] = []

    def start(passphrase="", port=None):
        port = port or _free_udp_port()
        listener = Listener(tmp_path / f"{len(started)}.ts", port, passphrase)
        started.append(listener)
        return listener, {
            "id": "s",
            "kind": "srt",
            "url": f"srt://127.0.0.1:{port}?latency=200",
            "key": KEY,
            "private": True,
            **({"passphrase": passphrase} if passphrase else {}),
        }

    yield start
    for listener in started:
        if listener.process.poll() is None:
            listener.process.kill()
            listener.process.wait()


def _up(player):
    player.next_statistics(lambda e: e["outputs"][0]["up"], 40)


def _play_for(player, seconds):
    begun = player.next_statistics()["seconds"]
    return player.next_statistics(lambda e: e["seconds"] > begun + seconds, 30)


@pytest.mark.whole
@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_a_listener_gets_the_stream_and_it_decodes(play, tones, listen, say, passphrase):
    listener, output = listen(passphrase)
    source = {"kind": "playlist", "entries": [{"id": "1", "path": str(tones[0])}]}
    player = play(source=source, outputs=[output])
    _up(player)
    sent = _play_for(player, 6)["outputs"][0]
    recording = read(listener.end())
    say(f"{sent['bytes']} bytes, {len(recording.colours)} pictures, {recording.errors} errors")
    assert recording.errors == 0
    assert len(recording.colours) > 150
    assert recording.video.largest_step < 34
    assert recording.video.backward == recording.audio.backward == 0


def test_the_secrets_are_in_no_process_list_log_or_event(play, listen):
    _, output = listen(PASSPHRASE)
    player = play(outputs=[output])
    _up(player)
    _play_for(player, 2)
    ours = Path(f"/proc/{player.process.pid}")
    words = (ours / "cmdline").read_text() + (ours / "environ").read_text()
    children = (ours / "task" / str(player.process.pid) / "children").read_text()
    assert children == ""
    words += (player.folder / "stderr.log").read_text() + str(player.events)
    assert PASSPHRASE not in words
    assert KEY not in words


def test_a_wrong_passphrase_is_said_in_words_without_it(play, listen):
    _, output = listen(PASSPHRASE)
    player = play(outputs=[{**output, "passphrase": "another-long-phrase"}])
    said = player.wait_for("error", about="output:s")["message"]
    assert "refused the passphrase. Check it" in said
    assert "another-long" not in said


def test_a_listener_that_is_not_there_is_waited_for_and_found(play, listen, tmp_path):
    port = _free_udp_port()
    preview = {"id": "preview", "kind": "hls", "folder": str(tmp_path / "hls")}
    output = {"id": "s", "kind": "srt", "url": f"srt://127.0.0.1:{port}", "private": True}
    player = play(outputs=[output, preview])
    assert f"srt://127.0.0.1:{port} cannot be reached by SRT" in player.wait_for("error", about="output:s")["message"]
    listen(port=port)
    _up(player)


@pytest.mark.whole
def test_a_listener_that_dies_is_noticed_and_called_again(play, listen, tmp_path):
    listener, output = listen()
    player = play(outputs=[output])
    _up(player)
    listener.process.kill()
    listener.process.wait()
    down = player.wait_for("output", within=20, id="s", up=False)
    assert "broke" in down["error"]
    listen(port=int(output["url"].rpartition(":")[2].partition("?")[0]))
    _up(player)


def test_with_the_turn_ends_what_is_sent(play, listen):
    listener, output = listen()
    player = play(outputs=[output], lease={"until": now() + 5})
    _up(player)
    player.wait_for("output", id="s", state="held")
    held = _play_for(player, 2)["outputs"][0]
    assert held["bytes"] == _play_for(player, 1)["outputs"][0]["bytes"]
    assert read(listener.end()).errors == 0


def test_a_renewal_is_a_new_connection(play, listen):
    listener, output = listen()
    player = play(outputs=[output])
    _up(player)
    _play_for(player, 3)
    player.send({"do": "renew", "output": "s"})
    listener.process.wait(20)  # this listener takes one connection, and ends with it
    assert read(listener.file).errors == 0
    listen(port=int(output["url"].rpartition(":")[2].partition("?")[0]))
    figures = player.next_statistics(lambda e: e["outputs"][0]["renewals"] == 1, 40)["outputs"][0]
    assert figures["renewal_gap_ms"] > 0


def test_without_the_library_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(libsrt, "NAMES", ())
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    libsrt._load.cache_clear()
    with pytest.raises(OutputError, match="apt install libsrt"):
        libsrt.library()
    monkeypatch.undo()
    libsrt._load.cache_clear()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "srt://host"}, "url"),
        ({"url": "srt://host:9000?mode=listener"}, "url"),
        ({"url": "srt://host:9000?passphrase=0123456789"}, "url"),
        ({"url": "srt://host:9000?latency=soon"}, "url"),
        ({"url": "http://host:9000"}, "url"),
        ({"passphrase": "short"}, "passphrase"),
        ({"passphrase": "x" * 80}, "passphrase"),
        ({"key": "k" * 513}, "key"),
        ({"renew": {"overlap": "same"}}, "renew.overlap"),
    ],
)
def test_what_is_wrong_in_a_spec_is_named(fields, field):
    with pytest.raises(SpecError) as caught:
        parse_outputs([{"id": "s", "kind": "srt", "url": "srt://host:9000", **fields}], "outputs")
    assert caught.value.field == f"outputs[0].{field}"
