"""Gives the suite a PostgreSQL and a Valkey of its own unless DATABASE_URL and REDIS_URL name some.

Loaded with ``-p`` (pyproject.toml), because Django's settings are read before any conftest. LONGWAVE_HOME is always a
temporary folder: a test never touches the radio that runs on the same machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from config.lib.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["tests.plugins.peers"]
HOLDER = pytest.StashKey[subprocess.Popen[str]]()
# A test's database need not survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the services; as a wrapper this runs before pytest-django reads the settings."""
    # Below /tmp: the sockets' paths are limited to 103 bytes, and macOS's TMPDIR takes half of them.
    places = Places(Path(tempfile.mkdtemp(prefix="longwave-test-", dir="/tmp")).resolve())
    os.environ["LONGWAVE_HOME"] = str(places.home)
    early_config.stash[HOLDER] = hold(places)
    os.environ.setdefault("DATABASE_URL", places.database_url)
    os.environ.setdefault("REDIS_URL", places.redis_url)
    os.environ["REDIS_URL"] = of_this_worker(os.environ["REDIS_URL"])
    return (yield)


def of_this_worker(redis_url: str) -> str:
    """Return the address with a database of this process's own when several run tests side by side."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return redis_url
    parts = urlsplit(redis_url)
    number = str(int(worker.removeprefix("gw")) + 1)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?{urlencode({**dict(parse_qsl(parts.query)), 'db': number})}"
    return urlunsplit(parts._replace(path=f"/{number}"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them: closing the pipe is all it takes, and the system does that for us if pytest is killed."""
    holder = config.stash.get(HOLDER, None)
    if holder is not None:
        holder.communicate(timeout=20)


def hold(places: Places) -> subprocess.Popen[str]:
    """Start whatever keeps the services (or just the folder, when none are needed) until its stdin is closed."""
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        keep = "import pathlib, shutil, sys; sys.stdin.read(); shutil.rmtree(sys.argv[1])"
        return subprocess.Popen([sys.executable, "-I", "-c", keep, str(places.home)], stdin=subprocess.PIPE, text=True)
    holder = subprocess.Popen(
        [sys.executable, "-m", "config.services.hold", "--temporary", *FAST],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert holder.stdout is not None
    for line in holder.stdout:
        if line == "ready\n":
            return holder
    raise pytest.UsageError("The database for the tests did not start; the reason stands above.")
