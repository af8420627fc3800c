"""How many stations fit: real engines, each with a radio, pictures that change, and a platform that notes every gap.

    .venv/bin/python -m tests.benchmarks.stations [--stations 1,5,10,20,40] [--source mp3|aac] [--seconds 60]
        [--transition cut|crossfade] [--preview] [--beside 4] [--json FILE] [--plot FILE]

Every station is 720p30 with a radio of its own connection (MP3 128 kbit/s at 44.1 kHz, coded anew as AAC 160 kbit/s at
48 kHz; or AAC at 48 kHz, passed through) and changes its picture every 20 s, each at another moment. The radios and the
platform are a process each at a higher priority and are counted apart: in life they are elsewhere. A gap is the longest
time without a byte at the platform; CPU is what the kernel charged the engines and all they started, per second of
media sent; memory is the proportional set size. ``--beside N`` runs N ffmpeg processes that copy one picture and code
the same radio for comparison: no changes of picture, no reconnecting, no titles.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.crowd import material, meter
from tests.benchmarks.crowd.peer import Peer, peers
from tests.benchmarks.crowd.plot import as_text, draw, line_through
from tests.benchmarks.crowd.stations import Stations, make_spec
from tests.plugins.daemon import wait_until

WARM_UP = 10.0
CHANGE_EVERY = 20.0
GAP_LIMIT = 100.0
LABELS = {"mp3": "MP3 coded anew", "aac": "AAC passed through"}
COLUMNS = (
    "stations  CPU %  per station    sys %   radios  platform  PSS MiB  most   gap ms: worst  p99  median   step ms"
    "  switches (worst ms)"
)


@dataclass
class Result:
    """One run."""

    source: str
    stations: int
    cpu: float
    each: float
    system: float
    radios: float
    platform: float
    pss: float
    pss_most: float
    gap: float
    gap_99: float
    gap_median: float
    late: int
    step: float
    backward: int
    publishes: int
    switches: int
    switch_worst: int
    seams: dict[str, int]
    switched_to: float
    behind: float
    errors: list[str]


def measure(count: int, arguments: argparse.Namespace, pictures: list[Path], song: material.Song) -> Result:
    """Run so many stations.

    1. start them, two at a time, and let them settle;
    2. play, changing pictures;
    3. read the books.
    """
    with tempfile.TemporaryDirectory(prefix="lw-crowd-") as name, peers(song) as (radio, sink):
        spec = make_spec(
            f"http://127.0.0.1:{radio.port}/",
            f"rtmp://127.0.0.1:{sink.port}/live",
            arguments.transition,
            passthrough=arguments.source == "aac",
            preview=f"{name}/hls" if arguments.preview else "",
        )
        stations = Stations(Path(name), pictures, spec, {})
        try:
            for _ in range(count):
                stations.start(at_once=2)
            stations.wait_on_air()
            stations.run(WARM_UP, 0)
            for station in stations.all:
                station.errors.clear()
            before = _books(stations, radio, sink)
            sink.say("count")
            stations.run(arguments.seconds, CHANGE_EVERY)
            told, after = sink.told(), _books(stations, radio, sink)
            return _result(arguments.source, stations, told, before, after)
        finally:
            stations.stop()


@dataclass(frozen=True)
class Books:
    """All that is read at once: seconds, and switches between threads."""

    at: float
    media: float
    user: float
    system: float
    switches: int
    radios: float
    platform: float


def _books(stations: Stations, radio: Peer, sink: Peer) -> Books:
    stations.listen(1.1)  # until each has told where it is
    used = [meter.seconds(station.process.pid) for station in stations.all]
    return Books(
        time.monotonic(),
        sum(station.seconds for station in stations.all),
        sum(user for user, _ in used),
        sum(system for _, system in used),
        sum(meter.switches(station.process.pid) for station in stations.all),
        radio.cpu(),
        sink.cpu(),
    )


def _result(source: str, stations: Stations, told: dict[str, Any], before: Books, after: Books) -> Result:
    passed, count = after.at - before.at, len(stations.all)
    media = after.media - before.media
    gaps = sorted(publication["gap_ms"] for publication in told.values())
    memory = [meter.proportional_mb(station.process.pid) for station in stations.all]
    user, system = after.user - before.user, after.system - before.system
    seams: dict[str, int] = {}
    for station in stations.all:
        for kind, number in station.seams.items():
            seams[kind] = seams.get(kind, 0) + number
    switched = [ms for station in stations.all for ms in station.switches]
    return Result(
        source=source,
        stations=count,
        cpu=100 * (user + system) / passed,
        each=100 * (user + system) / media,
        system=100 * system / passed,
        radios=100 * (after.radios - before.radios) / passed,
        platform=100 * (after.platform - before.platform) / passed,
        pss=statistics.mean(memory),
        pss_most=max(memory),
        gap=gaps[-1],
        gap_99=gaps[min(len(gaps) - 1, int(0.99 * len(gaps)))],
        gap_median=statistics.median(gaps),
        late=sum(gap > GAP_LIMIT for gap in gaps),
        step=max(publication["step_ms"] for publication in told.values()),
        backward=sum(publication["backward"] for publication in told.values()),
        publishes=sum(publication["publishes"] for publication in told.values()),
        switches=len(switched),
        switch_worst=max(switched, default=0),
        seams=seams,
        switched_to=(after.switches - before.switches) / passed / count,
        behind=passed - media / count,
        errors=sorted({error for station in stations.all for error in station.errors}),
    )


def beside(count: int, arguments: argparse.Namespace, pictures: list[Path], song: material.Song) -> tuple[float, float]:
    """Return CPU (per cent of a core) and PSS (MiB) of ffmpeg per station: one picture copied, the radio coded."""
    ffmpeg = os.environ.get("FFMPEG") or shutil.which("ffmpeg")
    if not ffmpeg:
        sys.exit("ffmpeg is not installed; set FFMPEG to a binary, install the package, or leave --beside out.")
    with peers(song) as (radio, sink):
        given = ["-re", "-stream_loop", "-1", "-i", str(pictures[0]), "-i", f"http://127.0.0.1:{radio.port}/"]
        coded = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "160k", "-ar", "48000"]
        running = [
            subprocess.Popen(
                [ffmpeg, "-v", "error", *given, *coded, "-f", "flv", f"rtmp://127.0.0.1:{sink.port}/live/s{number}"],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for number in range(count)
        ]
        try:
            wait_until(lambda: len(sink.told()) == count, within=30, what="ffmpeg's publishing")
            time.sleep(WARM_UP)
            before = sum(sum(meter.seconds(process.pid)) for process in running)
            began = time.monotonic()
            time.sleep(arguments.seconds)
            used = sum(sum(meter.seconds(process.pid)) for process in running) - before
            passed = time.monotonic() - began
            memory = statistics.mean(meter.proportional_mb(process.pid) for process in running)
        finally:
            for process in running:
                process.kill()
                process.wait()
    return 100 * used / passed / count, memory


def main() -> None:
    """Run each number of stations and print the table."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended as asked"))  # so that no engine is left behind
    with tempfile.TemporaryDirectory(prefix="lw-crowd-") as name:
        folder = arguments.material or Path(name)
        pictures, song = material.pictures(folder), material.song(folder, arguments.source)
        print(f"720p30, {LABELS[arguments.source]}, a change ({arguments.transition}) every {CHANGE_EVERY:.0f} s")
        print(f"{arguments.seconds:.0f} s each; {os.cpu_count()} cores\n{COLUMNS}")
        results = []
        for count in arguments.stations:
            results.append(measure(count, arguments, pictures, song))
            print(_row(results[-1]), flush=True)
        if arguments.beside:
            each, memory = beside(arguments.beside, arguments, pictures, song)
            print(f"\nffmpeg per station ({arguments.beside}): {each:.2f} % of a core and {memory:.0f} MiB each")
    _conclude(results, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=lambda text: [int(n) for n in text.split(",")], default=[1, 5, 10, 20, 40])
    parser.add_argument("--source", choices=list(LABELS), default="mp3")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--transition", choices=["cut", "crossfade", "fade", "wipe"], default="cut")
    parser.add_argument("--preview", action="store_true", help="with the HLS preview that a node's stations have")
    parser.add_argument("--beside", type=int, default=0, help="so many ffmpeg processes for comparison")
    parser.add_argument("--material", type=Path, help="keep pictures and sound in this folder for the next run")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--plot", type=Path, help="write a PNG here")
    return parser.parse_args()


def _row(r: Result) -> str:
    return (
        f"{r.stations:>8} {r.cpu:>6.0f} {r.each:>12.2f} {r.system:>8.0f} {r.radios:>8.1f} {r.platform:>9.1f}"
        f" {r.pss:>8.1f} {r.pss_most:>5.1f} {r.gap:>15.0f} {r.gap_99:>4.0f} {r.gap_median:>7.0f} {r.step:>9.0f}"
        f"  {r.switches} ({r.switch_worst}) {r.seams}, behind {r.behind:.2f} s, {r.switched_to:.0f} wake-ups/s"
        + (f", late {r.late}" if r.late else "")
        + (f", backward {r.backward}, publishes {r.publishes}" if r.backward or r.publishes else "")
        + "".join(f"\n         {error}" for error in r.errors)
    )


def _conclude(results: list[Result], arguments: argparse.Namespace) -> None:
    points = [(float(r.stations), r.cpu) for r in results]
    line = line_through(points)
    print(f"\nCPU = {line.base:.1f} % + {line.slope:.2f} % a station (R² {line.fit:.4f})\n{as_text(points, '%')}")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(r) for r in results], indent=1))
    if arguments.plot:
        title = f"CPU of all engines, per cent of one core ({LABELS[arguments.source]})"
        draw(arguments.plot, {LABELS[arguments.source]: points}, title, 100.0 * (os.cpu_count() or 1))


if __name__ == "__main__":
    main()
