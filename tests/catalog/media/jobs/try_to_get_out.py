"""A job that tries everything a hostile file could make a decoder do, and says what worked."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog.media.inside.job import Teller, run


def work(order: dict[str, Any], files: dict[str, int], teller: Teller) -> dict[str, Any]:
    """Return the names of the attempts that got out; the handle that was given must work."""
    address = ("127.0.0.1", order["port"])
    folder = Path(order["folder"])
    attempts: dict[str, Callable[[], Any]] = {
        "connect": lambda: socket.create_connection(address, timeout=2).close(),
        "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"out", address),
        "unix socket": lambda: socket.socket(socket.AF_UNIX).connect(order["socket"]),
        "write": lambda: (folder / "new").open("w").close(),
        "append": lambda: (folder / "there").open("a").close(),
        "create": lambda: os.close(os.open(folder / "new", os.O_CREAT)),
        "delete": (folder / "there").unlink,
        "rename": lambda: (folder / "there").rename(folder / "elsewhere"),
        "folder": (folder / "new").mkdir,
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "fork": lambda: os.fork() or os._exit(0),
        "kill": lambda: os.kill(order["parent"], 0),
        "limits": lambda: __import__("resource").setrlimit(7, (4096, 4096)),
    }
    return {
        "got_out": [name for name, attempt in attempts.items() if worked(attempt)],
        "environment": sorted(os.environ),
        "modules": sorted({name.partition(".")[0] for name in sys.modules} & {"django", "celery", "config", "psycopg"}),
        "read": os.pread(files["input"], 5, 0).decode(),
    }


def worked(attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    run(work)
