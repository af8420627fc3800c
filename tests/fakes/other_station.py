"""Publishes a rendition as it is, as another station of ours does: ``other_station.py URL FILE``.

It loops, in step with the wall clock, without sound. SIGUSR1: the next frame is left out.
"""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

import av

RATE = 30


def main() -> int:
    url, file = sys.argv[1:]
    lose: list[bool] = []
    signal.signal(signal.SIGUSR1, lambda *_: lose.append(True))
    with av.open(file) as source, av.open(url, "w", format="flv", timeout=(5, 5)) as out:
        stream = source.streams.video[0]
        target = out.add_stream_from_template(stream)
        packets = [p for p in source.demux(stream) if p.pts is not None and p.size]
        out.start_encoding()
        sys.stdout.write("publishing\n")
        sys.stdout.flush()
        play(out, target, packets, lose)
    return 0


def play(out: av.container.OutputContainer, target: av.VideoStream, packets: list[Any], lose: list[bool]) -> None:
    step, began, sent = packets[1].dts - packets[0].dts, time.monotonic(), 0
    while True:
        packet = packets[sent % len(packets)]
        shift = sent // len(packets) * len(packets) * step
        sent += 1
        if lose and not packet.is_keyframe:
            lose.clear()
            continue
        copy = av.Packet(bytes(packet))
        copy.pts, copy.dts, copy.time_base = packet.pts + shift, packet.dts + shift, packet.time_base
        copy.is_keyframe, copy.stream = packet.is_keyframe, target
        out.mux(copy)
        time.sleep(max(0.0, began + sent / RATE - time.monotonic()))


if __name__ == "__main__":
    sys.exit(main())
