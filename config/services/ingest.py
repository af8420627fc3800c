"""The ingest server as the supervisor sees it: the machine's own nginx, where it has the RTMP module."""

from __future__ import annotations

import shutil
import signal
import socket
from typing import TYPE_CHECKING

import psutil

from config.services.part import Part
from streaming.ingest import nginx

if TYPE_CHECKING:
    from pathlib import Path

    from config.ingest import Ingest
    from config.lib.places import Places

PATIENCE = 3.0
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}
NOT_HERE = (
    "INGEST_URL is set, but this machine has no nginx with the RTMP module, so presenters cannot publish: install it "
    "(Debian: nginx-light libnginx-mod-rtmp), or run it elsewhere with: bin/manage ingest config"
)


def find_program() -> str | None:
    """Return nginx, if it is here together with its RTMP module."""
    return shutil.which("nginx", path=ENVIRONMENT["PATH"]) if nginx.find_module() else None


def ingest(places: Places, plan: Ingest, program: str) -> Part:
    """Describe the ingest server of this home."""
    folder = places.run / "ingest"
    return Part(
        name="ingest",
        command=lambda: _prepared(folder, plan, program),
        environment=ENVIRONMENT,
        probe=lambda: _answers(folder),
        stop=((signal.SIGTERM, 1.5),),
        orphan=signal.SIGTERM,
    )


def _prepared(folder: Path, plan: Ingest, program: str) -> list[str]:
    """Write the configuration and clear away what a killed server left: its socket, and a worker without a master."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _end_left_over(folder)
    (folder / nginx.DOOR).unlink(missing_ok=True)
    file = folder / "nginx.conf"
    nginx.write(file, nginx.render(nginx.server_for(plan, folder=folder)))
    return [program, "-e", "stderr", "-c", str(file)]


def _end_left_over(folder: Path) -> None:
    """End a server of ours that goes on without its master, with presenters' connections and the port."""
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "nginx" and process.info["cwd"] == str(folder):
            process.kill()
            process.wait(PATIENCE)


def _answers(folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(0.5)
        return door.connect_ex(str(folder / nginx.DOOR)) == 0
