"""Codes live pictures for an engine: ``python -m streaming.livepicture``, messages on standard input and output."""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import signal
import sys

import av.logging

from streaming.livepicture.pictures import PictureLostError
from streaming.livepicture.session import Session
from streaming.playout import livewire

log = logging.getLogger("streaming.livepicture")
NICENESS = 2
SET_PARENT_DEATH_SIGNAL = 1


def main() -> int:
    """Serve until standard input ends, which is when the engine has no more need of it or is gone."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    av.logging.set_level(av.logging.FATAL)
    _end_with_the_parent()
    os.nice(NICENESS)
    session = Session(_say)
    try:
        while (message := livewire.read(sys.stdin.buffer)) is not None:
            session.take(message)
    except PictureLostError as error:
        _say(livewire.say(livewire.Kind.TROUBLE, message=str(error)))
        return os.EX_NOINPUT
    except (BrokenPipeError, livewire.WireError) as error:
        log.info("The engine is gone: %s", error)
    return os.EX_OK


def _say(message: bytes) -> None:
    sys.stdout.buffer.write(message)
    sys.stdout.buffer.flush()


def _end_with_the_parent() -> None:
    """Have the kernel end us with the engine's thread that started us, also while we are busy or stopped."""
    if platform.system() == "Linux":
        ctypes.CDLL(None, use_errno=True).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
