"""Hundreds of picture changes at random instants, into a real nginx-rtmp, and what a viewer's player makes of them.

    bin/python -m tests.benchmarks.switches [--count 500]

Half of the changes are announced ahead, as titles in the sound are; some come without notice and some in bursts.
Printed are how they were made, the largest steps between timestamps, decode errors, and parameter sets found in the
stream after the first ones.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from pathlib import Path

import av

from tests.plugins.nginx_rtmp import running_nginx
from tests.streaming.playout.compiled import CODING, compile_colours
from tests.streaming.playout.player import Player, make_spec
from tests.streaming.playout.recording import read

PARAMETER_SETS = {7, 8}
KINDS = ("crossfade", "fade", "wipe")


def main() -> None:
    """Switch, record, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500, help="how many changes (500)")
    parser.add_argument("--seed", type=int, default=1, help="of the random instants (1)")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with running_nginx(folder) as relay:
            pictures = compile_colours(folder)
            spec = {
                **make_spec(folder, pictures["red"]),
                "coding": CODING,
                "transition": {"kind": "crossfade", "ms": 1000},
                "outputs": [{"id": "st", "kind": "rtmp", "url": relay.rtmp_url(), "key": "st", "private": True}],
            }
            player = Player(folder, spec).start()
            player.wait_for("output", id="st", up=True)
            made = Counter(_switch(player, pictures, number) for number in range(arguments.count))
            player.stop()
            path = relay.wait_for("record_done", "st").path
            publishes = relay.publishes("st")
        _print(path or folder, publishes, made)


def _switch(player: Player, pictures: dict[str, tuple[str, Path]], number: int) -> str:
    """One change; returns how it was made."""
    if number % 50 == 0:
        player.send({"do": "transition", "transition": {"kind": KINDS[number // 50 % 3], "ms": 1000}})
        print(f"{number} changes", flush=True)
    names = list(pictures)
    cue = f"c{number}"
    command = {"do": "show", "cue": {"id": cue, "track": {"t": cue}}}
    identity, path = pictures[names[(number + 1) % 3]]
    kind = random.random()
    if kind < 0.75:
        command["at"] = player.next_statistics()["seconds"] + random.uniform(0.2, 4.0)
    player.send({**command, "picture": {"id": identity, "path": str(path)}})
    aired = player.wait_until(
        lambda e: e["event"] == "aired" and e["cue"]["id"] == cue, after=max(0, len(player.events) - 50)
    )
    return str(aired["seam"])


def _in_band(path: Path) -> int:
    """Count SPS and PPS inside the stream's packets."""
    found = 0
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams.video[0]):
            data, place = bytes(packet), 0
            while place + 4 < len(data):
                found += (data[place + 4] & 31) in PARAMETER_SETS
                place += 4 + int.from_bytes(data[place : place + 4], "big")
    return found


def _print(path: Path, publishes: int, made: Counter[str]) -> None:
    recording = read(path)
    rows = {
        "changes": sum(made.values()),
        **{f"made: {kind or 'kept'}": count for kind, count in sorted(made.items())},
        "publishes": publishes,
        "frames": len(recording.video.times),
        "largest video step, ms": round(recording.video.largest_step),
        "largest audio step, ms": round(recording.audio.largest_step),
        "backward": recording.video.backward + recording.audio.backward,
        "decode errors": recording.errors,
        "parameter sets in the stream": _in_band(path),
    }
    for name, value in rows.items():
        print(f"{name:32}{value:>10}")
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
