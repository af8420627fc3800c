"""A job that takes more than it may, in the way it is told."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from catalog.media.inside.job import Teller, run


def work(order: dict[str, Any], files: dict[str, int], teller: Teller) -> dict[str, Any]:
    """Misbehave."""
    how = order["how"]
    if how == "computes":
        while True:
            pass
    if how == "sleeps":
        teller.progress(0.5)
        time.sleep(3600)
    if how == "hoards":
        return {"taken": len(bytearray(1024**3))}
    if how == "writes":
        while True:
            os.write(files["output"], bytes(65536))
    if how == "crashes":
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        signal.raise_signal(signal.SIGSEGV)
    if how == "chatters":
        os.write(1, b"x" * 17 * 1024 * 1024)
    raise RuntimeError(how)


if __name__ == "__main__":
    run(work)
