"""Reads a presenter's stream for an engine: the order on standard input, messages on standard output."""

from __future__ import annotations

import logging
import os
import sys

import av.logging

from catalog.media.inside import jail
from catalog.visuals.inside.encoder import Profile
from streaming.ingest.inside.errors import StreamEndedError
from streaming.ingest.inside.playing import connect
from streaming.ingest.inside.reading import Reading
from streaming.playout import livewire
from streaming.playout.errors import OutputError
from streaming.playout.livewire import Kind

log = logging.getLogger("streaming.ingest")
MEMORY = 3 << 30
LOG_BYTES = 8 << 20
FOR_EVER = 10**8


def main() -> int:
    """Read until the stream ends or standard input does, which is when the engine has no more need of it.

    1. Read the order and connect.
    2. Shut this process in, before any byte of the presenter's is looked at: the connection is all it has.
    3. Read, and say how it ended.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    av.logging.set_level(av.logging.FATAL)
    order = livewire.read(sys.stdin.buffer)
    if order is None:
        return os.EX_OK
    words = order.words
    try:
        session = connect(words["url"])
    except OutputError as error:
        _say(livewire.say(Kind.ENDED, end="stopped", reason=f"The presenter's stream cannot be had: {error}"))
        return os.EX_OK
    walls = jail.close(jail.Limits(FOR_EVER, FOR_EVER, MEMORY, LOG_BYTES))
    jail.end_with_the_parent()
    log.info("reading a presenter's stream; walls: %s", walls)
    sound = (words["sample_rate"], words["channels"])
    reading = Reading(Profile(**words["profile"]), bytes.fromhex(words["config"]), sound, _say)
    try:
        for message in session.media():
            reading.take(message)
    except StreamEndedError as ended:
        reading.finish()
        _say(livewire.say(Kind.ENDED, end=ended.end, reason=str(ended)))
    except BrokenPipeError:
        log.info("the engine is gone")
    return os.EX_OK


def _say(message: bytes) -> None:
    sys.stdout.buffer.write(message)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
