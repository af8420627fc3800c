"""Picture against sound, as a viewer gets them: a real radio whose tracks are tones, loops that are colours.

The sound itself says when a track began: in the recording the tone changes. The picture says the same with its
colour. What lies between the two is what this measures, for three stations on the same radio: one that knows only the
titles in the sound, one that AzuraCast tells by webhook and whose sound has titles too, and one without titles.
"""

from __future__ import annotations

import http.server
import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.flows.house import House, loop_file, song
from tests.flows.synchrony_measured import SONGS, Measured, measure
from tests.plugins.daemon import HOST, Daemon, find_program, free_port, wait_until
from tests.plugins.tones import tone_mp3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.plugins.icecast import Icecast
    from tests.plugins.nginx_rtmp import NginxRtmp

SECRET = "a webhook secret of some length"
TITLED, PLAIN = "/titled.mp3", "/plain.mp3"
STATIONS = {"titles": ("icecast", TITLED), "both": ("azuracast", TITLED), "words": ("azuracast", PLAIN)}
LENGTHS = (6.3, 7.1, 7.6)

SCRIPT = """\
set("init.allow_root", true)
set("log.stdout", true)
set("log.file", false)
set("server.telnet", true)
set("server.telnet.bind_addr", "{host}")
set("server.telnet.port", {telnet})
tracks = playlist(id="tracks", mode="normal", reload_mode="never", "{playlist}")
def told(m) =
  thread.run(fast=true, fun () -> ignore(http.post(data=m["title"], "{listener}")))
end
tracks = source.on_track(tracks, told)
sound = mksafe(tracks)
output.icecast(%mp3(bitrate=192, samplerate=44100, stereo=true),
  host="{host}", port={port}, password="{password}", mount="{titled}", sound)
output.icecast(%mp3(bitrate=192, samplerate=44100, stereo=true), icy_metadata="false",
  host="{host}", port={port}, password="{password}", mount="{plain}", sound)
"""


class Announcer:
    """Stands where AzuraCast would: hears of each track the moment Liquidsoap begins it, and posts webhooks."""

    def __init__(self, house: House, stations: Sequence[str]) -> None:
        self.told: list[tuple[float, int]] = []
        self._house = house
        self._stations = stations
        announcer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                title = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                self.send_response(204)
                self.end_headers()
                announcer.tell(title)

            def log_message(self, *_: object) -> None:
                """Say nothing: what was told is kept."""

        self._server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def tell(self, title: str) -> None:
        """A track began."""
        at = time.time()
        place = next(n for n, one in enumerate(SONGS) if one[1] == title)
        self.told.append((at, place))
        artist, title, *_ = SONGS[place]
        body = song(len(self.told), artist, title)
        for station in self._stations:
            status, _ = self._house.post(station, body, SECRET)
            assert status == 202

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Radio:
    """A Liquidsoap that plays the songs over and over, to a mount with titles and to one without."""

    def __init__(self, folder: Path, icecast: Icecast, listener: str) -> None:
        files = [
            tone_mp3(folder / f"{title}.mp3", artist=artist, title=title, seconds=seconds, hertz=hertz)
            for (artist, title, _, hertz), seconds in zip(SONGS, LENGTHS, strict=True)
        ]
        playlist, script = folder / "tracks.m3u", folder / "radio.liq"
        playlist.write_text("".join(f"{file}\n" for file in files))
        telnet = free_port()
        script.write_text(
            SCRIPT.format(host=HOST, telnet=telnet, playlist=playlist, listener=listener, port=icecast.port,
                          password=icecast.source_password, titled=TITLED, plain=PLAIN),
        )  # fmt: skip
        self._icecast = icecast
        self._daemon = Daemon(folder, [str(find_program("liquidsoap")), str(script)], telnet)

    def start(self) -> None:
        self._daemon.start()
        mounts = (TITLED, PLAIN)
        wait_until(lambda: all(map(self._icecast.has_mount, mounts)), within=20, what="a source on both mounts")

    def stop(self) -> None:
        self._daemon.stop()


def prepare(house: House, icecast: Icecast, relay: NginxRtmp, folder: Path) -> None:
    """Make the three stations, with a loop for each song."""
    loops = [loop_file(folder / f"{title}.mp4", colour) for _, title, colour, _ in SONGS]
    for slug, (kind, mount) in STATIONS.items():
        secret = ["--secret", SECRET] if kind == "azuracast" else []
        house.manage("station", "add", slug, "--name", slug, "--source", kind, "--audio", icecast.url(mount), *secret)
        for file, (artist, title, *_) in zip(loops, SONGS, strict=True):
            house.manage("loop", "add", slug, str(file), "--artist", artist, "--title", title)
        house.manage("destination", "add", slug, relay.rtmp_url("live", slug))


def run(house: House, icecast: Icecast, relay: NginxRtmp, folder: Path, *, changes: int) -> list[Measured]:
    """Put all on air, let so many tracks begin, and measure the recordings.

    1. Stations with their loops, on air before the radio begins.
    2. The radio; each of its tracks is posted as AzuraCast would.
    3. Off air; what was recorded is decoded.
    """
    prepare(house, icecast, relay, folder)
    announcer = Announcer(house, [slug for slug, (kind, _) in STATIONS.items() if kind == "azuracast"])
    radio = Radio(folder, icecast, announcer.url)
    radio.start()
    try:
        for slug in STATIONS:
            house.manage("station", "start", slug)
            relay.wait_for("publish", slug, within=30)
        begun = len(announcer.told)
        wait_until(lambda: len(announcer.told) > begun + changes, within=60 + 9 * changes, what="the tracks")
        threading.Event().wait(6)  # until the last one is out
        for slug in STATIONS:
            house.manage("station", "stop", slug)
    finally:
        radio.stop()
        announcer.close()
    found = []
    for slug in STATIONS:
        recording = relay.wait_for("record_done", slug, within=30).path
        assert recording is not None
        found.append(measure(slug, recording, journal(house, slug), announcer.told))
    return found


def journal(house: House, slug: str) -> list[dict[str, Any]]:
    """Return the facts of a station's last run."""
    ((run_id,),) = house.rows(
        "SELECT r.id FROM streaming_encoderrun r JOIN streaming_station s ON s.id = r.station_id"
        " WHERE slug = %s ORDER BY r.started_at DESC LIMIT 1",
        slug,
    )
    (file,) = house.places.encoders.glob(f"**/journal-{run_id}.jsonl")
    return [json.loads(line) for line in file.read_text().splitlines()]
