"""The embedded PostgreSQL: made on the first start, on a unix socket only, never in anyone's way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from config.services import leftovers
from config.services.housing import Housing, housing
from config.services.part import Part
from config.services.problems import StartError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from config.lib.places import Places

OWNER = "longwave"
PORT = "5432"  # part of the socket's name; nothing listens on TCP
SETTINGS = (
    "listen_addresses=",
    f"port={PORT}",
    "unix_socket_permissions=0700",
    "shared_preload_libraries=pg_stat_statements",
    "max_connections=100",
    "jit=off",
    "log_line_prefix=%m [%p] ",
)
# Messages in English whatever the system speaks; a LANG that is not installed must not matter.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


def postgres(places: Places, *, settings: Sequence[str] = ()) -> Part:
    """Describe the database of this home; ``settings`` are further ``name=value`` pairs."""
    house = housing(places)
    return Part(
        name="postgres",
        command=lambda: _prepared(house, settings),
        environment=ENVIRONMENT,
        probe=lambda: _ready(house),
        stop=((signal.SIGINT, 1.5), (signal.SIGQUIT, 0.5)),  # fast: ends sessions, writes a checkpoint; then at once
        orphan=signal.SIGINT,
        essential=True,
        quiet=True,
        uid=house.uid,
    )


def _prepared(house: Housing, settings: Sequence[str]) -> list[str]:
    """Make the data directory if there is none, clear what is stale, return the server's argument list."""
    if not (house.data / "PG_VERSION").exists():
        _make(house)
    house.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    _clear_stale_pid(house.data)
    options = [part for setting in (*SETTINGS, *settings) for part in ("-c", setting)]
    return [*house.program("postgres"), "-D", str(house.data), "-k", str(house.sockets), *options]


def _make(house: Housing) -> None:
    """Make a data directory with our database in it: beside its place first, so that a half-made one never counts."""
    making = house.data.with_name(f"{house.data.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    character_types = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    encoding = ["--encoding=UTF8", "--locale=C", f"--lc-ctype={character_types}"]
    # PostgreSQL's own tables, so that sorting never changes with the system's C library.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    access = ["--username", OWNER, "--auth-local=trust", "--auth-host=scram-sha-256"]
    _run(house, [*house.program("initdb"), "-D", str(making), *encoding, *builtin, *access])
    _run(house, [*house.program("postgres"), "--single", "-D", str(making), "postgres"], f"CREATE DATABASE {OWNER};\n")
    making.rename(house.data)


def _run(house: Housing, command: list[str], text: str = "") -> None:
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=ENVIRONMENT,
        user=house.uid,
        group=house.uid,
        extra_groups=None if house.uid is None else [],
    )
    if done.returncode != 0 or "ERROR:" in done.stderr:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["no reason given"]
        raise StartError(f"PostgreSQL could not make its data directory {house.data}: {last[0]}")


def _ready(house: Housing) -> bool:
    who = ["-U", OWNER, "-d", OWNER, "-h", str(house.sockets), "-p", PORT]
    command = [str(house.programs / "pg_isready"), "-q", "-t", "1", *who]
    return subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT).returncode == 0


def _clear_stale_pid(data: Path) -> None:
    """End a server of this directory that has lost its supervisor; forget a pid that belongs to someone else.

    PostgreSQL itself refuses to start while any process of the same user has the noted pid.
    """
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        file.unlink(missing_ok=True)
        return
    if _is_server_of(data, pid):
        leftovers.send(pid, signal.SIGINT)
        leftovers.end([pid])
    file.unlink(missing_ok=True)


def _is_server_of(data: Path, pid: int) -> bool:
    command = leftovers.command_line(pid)
    return any(os.path.basename(part) == "postgres" for part in command) and str(data) in command  # noqa: PTH119
