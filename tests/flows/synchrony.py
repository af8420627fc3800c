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
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from tests.flows.house import House, loop_file, song
from tests.plugins.daemon import HOST, Daemon, find_program, free_port, wait_until
from tests.plugins.tones import tone_mp3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.plugins.icecast import Icecast
    from tests.plugins.nginx_rtmp import NginxRtmp

SECRET = "a webhook secret of some length"
TITLED, PLAIN = "/titled.mp3", "/plain.mp3"
SONGS = [("Ana", "Ruby", (215, 40, 40), 420), ("Bo", "Moss", (40, 190, 70), 900), ("Cy", "Sea", (40, 70, 215), 1700)]
STATIONS = {"titles": ("icecast", TITLED), "both": ("azuracast", TITLED), "words": ("azuracast", PLAIN)}
LENGTHS = (6.3, 7.1, 7.6)
DEPARTED = 4.0  # of 255: a colour this far from another is on its way to the next
START = 15.0  # seconds: two tracks at most
FAR = 3.0  # seconds: what is further apart belongs to different tracks
GOAL = 0.5

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


@dataclass
class Change:
    """One change of track in a recording: when the sound changed and when the picture did (None: not at all)."""

    song: int
    sound: float
    picture: float | None

    @property
    def difference(self) -> float:
        """Seconds by which the picture came later."""
        return float("inf") if self.picture is None else self.picture - self.sound


@dataclass
class Measured:
    """What one station's recording showed, and for each change how the picture stood at the webhook's arrival."""

    name: str
    changes: list[Change]
    at_arrival: list[float] = field(default_factory=list)

    @property
    def differences(self) -> list[float]:
        """Seconds of picture minus sound."""
        return [change.difference for change in self.changes]

    @property
    def share(self) -> float:
        """How many of the changes came within the goal."""
        return sum(abs(d) <= GOAL for d in self.differences) / len(self.changes)

    def line(self) -> str:
        """Say it in a line."""
        seen = sorted(d for d in self.differences if d != float("inf"))
        return (
            f"{self.name:8} {len(self.changes):4} changes  within {GOAL} s: {100 * self.share:5.1f} %  "
            f"median {median(seen):+.3f} s  earliest {seen[0]:+.3f} s  latest {seen[-1]:+.3f} s  "
            f"missing {len(self.changes) - len(seen)}"
        )


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


def measure(name: str, recording: Path, facts: list[dict[str, Any]], told: list[tuple[float, int]]) -> Measured:
    """Compare picture and sound of a recording; what was told before it was on air does not count."""
    sounds, pictures = tone_changes(recording), colour_changes(recording)
    changes = []
    for at, place in sounds:
        if at < START:
            continue
        away = sorted((abs(t - at), t) for t, colour in pictures if colour == place and abs(t - at) < FAR)
        changes.append(Change(place, at, away[0][1] if away else None))
    measured = Measured(name, changes)
    titles = [fact for fact in facts if fact["event"] == "title"]
    aired = [(fact["media"], fact["cue"]["track"].get("title")) for fact in facts if fact["event"] == "aired"]
    if titles and aired:
        offset = _offset(pictures, aired)
        for change in changes:
            arrivals = [_media(titles, at) + offset for at, place in told if place == change.song]
            before = [at - change.sound for at in arrivals if -12 < at - change.sound < 4]
            measured.at_arrival += [max(before)] if before else []
    return measured


def tone_changes(recording: Path) -> list[tuple[float, int]]:
    """Return (seconds, song) where the tone of the sound changes, to some 10 ms."""
    samples, start, rate = _sound(recording)
    size, hop = 2048, 256
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    bins = [int(np.argmin(np.abs(frequencies - hertz))) for *_, hertz in SONGS]
    window = np.hanning(size)
    heard: list[tuple[float, int]] = []
    for place in range(0, len(samples) - size, hop):
        spectrum = np.abs(np.fft.rfft(samples[place : place + size] * window))
        power = [float(spectrum[b - 2 : b + 3].sum()) for b in bins]
        best = int(np.argmax(power))
        if power[best] > 5.0 and power[best] > 3 * sorted(power)[-2]:
            heard.append((start + (place + size / 2) / rate, best))
    return _steps(heard, steady=20)


def colour_changes(recording: Path) -> list[tuple[float, int]]:
    """Return (seconds, song) where the picture begins to leave one song's colour for another's."""
    times, shown = _colours(recording)
    near = np.array([np.abs(shown - colour).max(axis=1) for _, _, colour, _ in SONGS]).T
    rough = np.where(near.min(axis=1) < 4 * DEPARTED, near.argmin(axis=1), -1)
    # A coded colour is not quite the one that was asked for: its own frames say what it is.
    real = {n: np.median(shown[rough == n], axis=0) for n in range(len(SONGS)) if (rough == n).any()}
    found: list[tuple[float, int]] = []
    settled, left = -1, 0
    for place, colour in enumerate(shown):
        steady = next((n for n, own in real.items() if np.abs(colour - own).max() < DEPARTED), -1)
        if steady == settled:
            left = place + 1
        elif steady >= 0:
            found.append((float(times[left]), steady))
            settled, left = steady, place + 1
    return found


def _colours(recording: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return each frame's time in seconds and its mean colour."""
    times, shown = [], []
    with av.open(str(recording)) as container:
        for frame in container.decode(video=0):
            times.append(float(frame.time or 0.0))
            shown.append(frame.reformat(width=16, height=16, format="rgb24").to_ndarray().reshape(-1, 3).mean(axis=0))
    return np.array(times), np.array(shown)


def _sound(recording: Path) -> tuple[np.ndarray, float, int]:
    parts: list[np.ndarray] = []
    start, rate = 0.0, 48000
    with av.open(str(recording)) as container:
        for frame in container.decode(audio=0):
            if not parts:
                start, rate = float(frame.time or 0.0), frame.sample_rate
            parts.append(frame.to_ndarray().reshape(frame.layout.nb_channels, -1)[0])
    return np.concatenate(parts), start, rate


def _steps(heard: Sequence[tuple[float, int]], *, steady: int) -> list[tuple[float, int]]:
    """Return the first moment of each run of at least so many equal values."""
    found: list[tuple[float, int]] = []
    for place, (at, value) in enumerate(heard):
        rest = heard[place : place + steady]
        if len(rest) == steady and all(v == value for _, v in rest) and (not found or found[-1][1] != value):
            found.append((at, value))
    return found


def _offset(pictures: list[tuple[float, int]], aired: list[tuple[float, Any]]) -> float:
    """Return the recording's time less the run's media time."""
    titles = [title for _, title, *_ in SONGS]
    gaps = [
        min((t - media for t, place in pictures if titles[place] == title), key=abs)
        for media, title in aired
        if any(titles[place] == title for _, place in pictures)
    ]
    return float(median(gaps))


def _media(titles: list[dict[str, Any]], wall: float) -> float:
    """Return the media time at a wall clock time, by the title that is nearest."""
    near = min(titles, key=lambda fact: abs(fact["heard_at"] - wall))
    return float(near["media"] + wall - near["heard_at"])
