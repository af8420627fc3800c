"""One station on air, side by side: an ffmpeg process per track, as radio scripts do, and our engine.

    bin/python -m tests.benchmarks.onair [--seconds 8] [--changes 5] [--cuts] [--only longwave]

Both play the same 720p30 renditions and the same MP3 radio into the same nginx-rtmp and change the picture at the
same rhythm; ours by one-second cross-fades unless ``--cuts`` is given. Titles are part of a picture once it is compiled
and cost nothing on air, so the pictures here are plain colours with grain and a moving bar. Printed are the CPU of one
core and the memory of what runs per station (the process that makes the transitions included), how often the
platform's connection was made, the longest time without a new byte at the platform, and the time from when a change
was due (theirs: decided) to the new picture's first byte there.
An hour with a change every three minutes: ``--only longwave --seconds 180 --changes 20``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from catalog.visuals.inside.encoder import Profile
from tests.fakes.radio import FakeRadio
from tests.plugins.nginx_rtmp import NginxRtmp, running_nginx
from tests.plugins.tones import tone_mp3
from tests.streaming.playout.compiled import COLOURS, compile_colour
from tests.streaming.playout.player import Player, make_spec
from tests.streaming.playout.recording import read

WARM_UP = 4.0
LEAD = 3.0
PROFILE = Profile(1280, 720, 30, 3000, 60, "3.1")
CODING = {"kbps": 3000, "buffer_ms": 1000, "gop_frames": 60, "level": "3.1", "strict_cbr": False}
SAMPLE_EVERY = 0.1
WATCH_EVERY = 0.005
ENCODE = ["-vf", "fade=t=in:st=0:d=1,scale=1280:720,format=yuv420p,fps=30", "-c:v", "libx264", "-preset", "veryfast"]
RATES = ["-b:v", "3000k", "-maxrate", "3000k", "-bufsize", "6000k", "-g", "50", "-keyint_min", "50"]
SOUND = ["-af", "afade=t=in:ss=0:d=1", "-c:a", "aac", "-b:a", "192k", "-ar", "44100", "-ac", "2"]


@dataclass
class Figures:
    """What one way of staying on air cost and did."""

    cpu_percent: float = 0.0
    memory_mb: float = 0.0
    publishes: int = 0
    gap_ms: float = 0.0
    step_ms: float = 0.0
    switches_ms: list[float] = field(default_factory=list)
    seams: dict[str, int] = field(default_factory=dict)
    decode_errors: int = 0
    backward: int = 0


class Watch:
    """Watches the relay's recordings grow, to know when bytes arrived."""

    def __init__(self, relay: NginxRtmp) -> None:
        """Start watching."""
        self._relay = relay
        self._done = threading.Event()
        self.longest = 0.0
        self.grown_at = time.monotonic()
        self._counting = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def count(self) -> None:
        """Let gaps count from now on."""
        self.longest = 0.0
        self._counting.set()

    def stop(self) -> float:
        """Return the longest gap, milliseconds."""
        self._done.set()
        self._thread.join()
        return self.longest * 1000

    def _run(self) -> None:
        size = 0
        while not self._done.wait(WATCH_EVERY):
            now, total = time.monotonic(), sum(file.stat().st_size for file in self._relay.recordings())
            if total != size:
                if self._counting.is_set():
                    self.longest = max(self.longest, now - self.grown_at)
                size, self.grown_at = total, now


class Meter:
    """CPU and memory of the processes that a way of staying on air runs."""

    def __init__(self) -> None:
        """Start with nothing used."""
        self._ended = 0.0
        self.memory: list[float] = []
        self.began = time.monotonic()
        self._base = 0.0

    def begin(self, process: psutil.Process) -> None:
        """Count from now on."""
        self._base = _cpu(process)
        self.began = time.monotonic()
        self.memory.clear()

    def sample(self, process: psutil.Process) -> None:
        """Note the memory in use."""
        family = [process, *process.children(recursive=True)]
        self.memory.append(sum(_memory(member) for member in family) / 2**20)

    def ended(self, process: psutil.Process) -> None:
        """Add up a process that is about to end."""
        self._ended += _cpu(process)

    def percent(self, process: psutil.Process) -> float:
        """CPU since :meth:`begin`, per cent of a core."""
        return 100 * (self._ended + _cpu(process) - self._base) / (time.monotonic() - self.began)


def main() -> None:
    """Run both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8, help="between two changes (8)")
    parser.add_argument("--changes", type=int, default=5, help="how many changes (5)")
    parser.add_argument("--cuts", action="store_true", help="change by cuts instead of cross-fades")
    parser.add_argument("--only", choices=["longwave"], help="leave the other one out")
    arguments = parser.parse_args()
    ffmpeg = os.environ.get("FFMPEG") or shutil.which("ffmpeg")
    if not ffmpeg:
        sys.exit("ffmpeg is not installed; set FFMPEG to a binary or install the package.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = [compile_colour(folder / f"{colour}.mp4", rgb, 330, PROFILE) for colour, rgb in COLOURS.items()]
        song = tone_mp3(folder / "song.mp3", artist="Ana", title="Blue", seconds=60)
        with FakeRadio(song) as radio:
            theirs = Figures()
            if arguments.only != "longwave":
                theirs = _run(lambda relay: _per_track(ffmpeg, relay, pictures, radio, arguments))
            ours = _run(lambda relay: _engine(folder, relay, pictures, radio, arguments))
    _print(theirs, ours, arguments)


def _run(way: Callable[[NginxRtmp], Figures]) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        with running_nginx(Path(name)) as relay:
            return way(relay)


def _per_track(
    ffmpeg: str, relay: NginxRtmp, pictures: list[Path], radio: FakeRadio, arguments: argparse.Namespace,
) -> Figures:  # fmt: skip
    def start(number: int) -> subprocess.Popen[bytes]:
        loop = ["-re", "-stream_loop", "-1", "-thread_queue_size", "512", "-i", str(pictures[number % 3])]
        sound = ["-thread_queue_size", "512", "-i", radio.url, "-map", "0:v", "-map", "1:a"]
        command = [ffmpeg, "-v", "error", *loop, *sound, *ENCODE, *RATES, "-sc_threshold", "0", "-pix_fmt", "yuv420p"]
        return subprocess.Popen([*command, *SOUND, "-f", "flv", relay.rtmp_url("live", "st")], stdin=subprocess.DEVNULL)

    watch, meter, figures = Watch(relay), Meter(), Figures()
    process = start(0)
    handle = psutil.Process(process.pid)
    relay.wait_for("publish", "st")
    threading.Event().wait(WARM_UP)
    meter.begin(handle)
    watch.count()
    for number in range(arguments.changes):
        _sample(arguments.seconds, meter, handle)
        decided = time.monotonic()
        meter.ended(handle)
        process.terminate()
        process.wait()
        files = len(relay.recordings())
        process = start(number + 1)
        handle = psutil.Process(process.pid)
        while len(relay.recordings()) == files or relay.recordings()[-1].stat().st_size < 20000:
            threading.Event().wait(WATCH_EVERY)
        figures.switches_ms.append((time.monotonic() - decided) * 1000)
    _sample(arguments.seconds, meter, handle)
    _finish(figures, meter, handle, watch, relay)
    process.terminate()
    process.wait()
    figures.step_ms = figures.gap_ms
    return figures


def _engine(
    folder: Path, relay: NginxRtmp, pictures: list[Path], radio: FakeRadio, arguments: argparse.Namespace,
) -> Figures:  # fmt: skip
    spec = {
        **make_spec(folder, ("0", pictures[0])),
        "video": {"width": 1280, "height": 720, "frame_rate": 30},
        "audio": {"sample_rate": 44100, "channels": 2, "bitrate": 192000},
        "coding": CODING,
        "transition": {"kind": "cut"} if arguments.cuts else {"kind": "crossfade", "ms": 1000},
        "source": {"kind": "radio", "url": radio.url, "titles": True},
        "outputs": [{"id": "st", "kind": "rtmp", "url": relay.rtmp_url(), "key": "st", "private": True}],
    }
    watch, meter, figures = Watch(relay), Meter(), Figures()
    player = Player(folder, spec).start()
    handle = psutil.Process(player.process.pid if player.process else 0)
    relay.wait_for("publish", "st")
    threading.Event().wait(WARM_UP)
    meter.begin(handle)
    watch.count()
    for number in range(arguments.changes):
        _sample(arguments.seconds, meter, handle)
        cue = _announce(player, (f"{number + 1}", pictures[(number + 1) % 3]))
        aired = player.wait_until(lambda e, cue=cue: e["event"] == "aired" and e["cue"]["id"] == cue)
        figures.switches_ms.append(aired["switch_ms"])
        figures.seams[aired["seam"]] = figures.seams.get(aired["seam"], 0) + 1
    _sample(arguments.seconds, meter, handle)
    _finish(figures, meter, handle, watch, relay)
    player.stop()
    recording = read(relay.wait_for("record_done", "st").path or folder)
    figures.step_ms = max(recording.video.largest_step, recording.audio.largest_step)
    figures.decode_errors = recording.errors
    figures.backward = recording.video.backward + recording.audio.backward
    return figures


def _announce(player: Player, picture: tuple[str, Path]) -> str:
    """Ask for a picture with the lead that a title in the sound gives."""
    cue, now = uuid.uuid4().hex, player.next_statistics()["seconds"]
    command = {"do": "show", "cue": {"id": cue, "track": {"t": cue}}, "at": now + LEAD}
    player.send({**command, "picture": {"id": picture[0], "path": str(picture[1])}})
    return cue


def _sample(seconds: float, meter: Meter, handle: psutil.Process) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        meter.sample(handle)
        threading.Event().wait(SAMPLE_EVERY)


def _finish(figures: Figures, meter: Meter, handle: psutil.Process, watch: Watch, relay: NginxRtmp) -> None:
    figures.cpu_percent = meter.percent(handle)
    figures.memory_mb = max(meter.memory)
    figures.gap_ms = watch.stop()
    figures.publishes = relay.publishes("st")


def _cpu(process: psutil.Process) -> float:
    """Seconds of CPU of a process, of the children it has and of those that ended."""
    total = 0.0
    for member in [process, *process.children(recursive=True)]:
        try:
            times = member.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it ended meanwhile: its parent's sum has it
        total += times.user + times.system
        total += times.children_user + times.children_system
    return float(total)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _print(theirs: Figures, ours: Figures, arguments: argparse.Namespace) -> None:
    rows: list[tuple[str, float, float, str]] = [
        ("CPU, per cent of a core", theirs.cpu_percent, ours.cpu_percent, ".1f"),
        ("memory, MiB, highest", theirs.memory_mb, ours.memory_mb, ".0f"),
        ("publishes", theirs.publishes, ours.publishes, "d"),
        ("longest time without a byte, ms", theirs.gap_ms, ours.gap_ms, ".0f"),
        ("largest timestamp step, ms", theirs.step_ms, ours.step_ms, ".0f"),
        ("switch, median, ms", _middle(theirs.switches_ms), _middle(ours.switches_ms), ".0f"),
        ("switch, longest, ms", max(theirs.switches_ms, default=0), max(ours.switches_ms), ".0f"),
    ]
    print(f"One 720p30 station, MP3 radio, {arguments.changes} changes {arguments.seconds:g} s apart\n")
    print(f"{'':34}{'ffmpeg per track':>18}{'Longwave':>12}{'ratio':>9}")
    for name, a, b, form in rows:
        print(f"{name:34}{a:>18{form}}{b:>12{form}}{a / b if b else float('inf'):>8.1f}x")
    print(f"Longwave's changes: {ours.seams}; decode errors {ours.decode_errors}, timestamps backward {ours.backward}")
    print(json.dumps({"ffmpeg": vars(theirs), "longwave": vars(ours)}))


def _middle(values: list[float]) -> float:
    return statistics.median(values) if values else 0.0


if __name__ == "__main__":
    main()
