"""Puts a station on air: ``python -m streaming.playout SPEC.json``. The protocol stands in docs/playout.md."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

import av.logging

from streaming.playout.control import Controller, SocketServer, serve_standard_streams, tick_statistics
from streaming.playout.engine import Engine
from streaming.playout.errors import PictureError, StationTakenError
from streaming.playout.journal import Journal, lock_station
from streaming.playout.reporter import Reporter
from streaming.playout.spec import Spec, parse_spec

log = logging.getLogger("streaming.playout")


def main() -> int:
    """Run until stopped; returns the exit code (sysexits' numbers, listed in docs/playout.md)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    av.logging.set_level(av.logging.FATAL)
    path = _arguments()
    try:
        spec = parse_spec(json.loads(path.read_bytes()))
        lock = lock_station(spec.folder)
    except (OSError, ValueError) as error:
        log.error("%s: %s", path, error)  # noqa: TRY400 - the operator needs the sentence, not our stack
        return os.EX_USAGE
    except StationTakenError as error:
        log.error("%s", error)  # noqa: TRY400
        return os.EX_TEMPFAIL
    try:
        return _play(spec)
    except PictureError as error:
        log.error("%s", error)  # noqa: TRY400
        return os.EX_NOINPUT
    except Exception:
        log.exception("The engine failed")
        return os.EX_SOFTWARE
    finally:
        os.close(lock)


def _arguments() -> Path:
    parser = argparse.ArgumentParser(
        prog="python -m streaming.playout",
        description="Put one station on air. Commands and events are JSON lines over the socket that the spec names, "
        "or over standard input and output when it names none.",
    )
    parser.add_argument("spec", type=Path, help="the spec, a JSON file (docs/playout.md)")
    arguments = parser.parse_args()
    return Path(arguments.spec)


def _play(spec: Spec) -> int:
    reporter = Reporter(Journal(spec.folder, spec.run))
    engine = Engine(spec, reporter)
    controller = Controller(engine, reporter)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: engine.stop())
    server = SocketServer(spec.socket, controller) if spec.socket is not None else None
    if server is None:
        serve_standard_streams(controller)
    done = threading.Event()
    threading.Thread(target=tick_statistics, args=(controller, done), name="statistics", daemon=True).start()
    gc.freeze()  # what was imported stays: looking through it for garbage would stop the clock for a beat
    try:
        engine.run()
    finally:
        done.set()
        reporter.close(timeout=2.0)
        if server is not None:
            server.close()
    return os.EX_OK


def _leave(code: int) -> NoReturn:
    """End the process now that all is said: a library's own clean-up may wait for a connection that hangs."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
