"""``manage.py up``: everything comes up, heals, survives its own kill, and goes down in time."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import psutil
import pytest

from config.home import BASE_DIR
from tests.config.holder import a_home
from tests.plugins.daemon import free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.lib.places import Places

PASSWORD = re.compile(r"sign in at /admin/ as (\S+) with the password (\S+) \(shown this once\)")
PARTS = {"postgres", "valkey-server", "web", "worker", "beat", "node"}


class Up:
    """One run of ``up`` in a home; it says its lines to a file."""

    def __init__(self, places: Places, port: int) -> None:
        self.places = places
        self.port = port
        self.output = places.home.with_name("output")
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
            "LONGWAVE_HOME": str(places.home),
            "LONGWAVE_PORT": str(port),
            "LONGWAVE_DEMO": "0",
        }

    def start(self) -> str:
        """Start it; return its ready line."""
        with self.output.open("wb") as out:
            self.process = psutil.Popen(
                [sys.executable, str(BASE_DIR / "manage.py"), "up"],
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: self.ready_line() or self.process.poll() is not None, within=90, what="the ready line")
        assert self.ready_line(), self.output.read_text()[-3000:]
        return self.ready_line()

    def ready_line(self) -> str:
        lines = self.output.read_text(errors="replace").splitlines()
        return next((line for line in lines if line.startswith("Longwave is ready at ")), "")

    def descendants(self) -> list[psutil.Process]:
        return list(self.process.children(recursive=True))

    def part(self, name: str) -> psutil.Process:
        """Return the process of a part, by its pid file."""
        import json

        return psutil.Process(json.loads((self.places.run / "parts" / f"{name}.pid").read_text())["pid"])

    def get(self, path: str) -> int:
        """Return the status a page answers with."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture
def up() -> Iterator[Up]:
    """A radio that is not started yet; whatever still runs at the end is killed."""
    with a_home() as holder:
        run = Up(holder.places, free_port())
        yield run
        if hasattr(run, "process") and run.process.is_running():
            for process in [run.process, *run.descendants()]:
                process.kill()
            run.process.wait()


@pytest.mark.slow
def test_a_radio_lives_through_everything_but_being_asked_to_stop(up: Up) -> None:
    line = up.start()
    account = PASSWORD.search(line)
    assert account is not None, line
    assert f"http://127.0.0.1:{up.port}/" in line
    assert account[2] not in (up.places.logs / "longwave.log").read_text()
    assert up.get("/health/live") == 200
    no_secret_in_arguments(up)

    a_second_one_is_refused(up)
    a_killed_web_process_loses_no_request(up)
    a_killed_up_leaves_nothing_and_starts_again(up)

    began = time.monotonic()
    family = up.descendants()
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(timeout=15) == 0
    assert time.monotonic() - began < 10
    assert [process for process in family if process.is_running() and process.status() != "zombie"] == []


def no_secret_in_arguments(up: Up) -> None:
    secret = (up.places.home / "secret_key").read_text()
    for process in up.descendants():
        arguments = " ".join(process.cmdline())
        assert secret not in arguments
        assert "postgresql://" not in arguments


def a_second_one_is_refused(up: Up) -> None:
    second = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "up"],
        env={**up.environment, "LONGWAVE_PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 75
    assert f"already runs in {up.places.home} (process {up.process.pid})" in second.stderr


def a_killed_web_process_loses_no_request(up: Up) -> None:
    up.part("web").kill()
    assert up.get("/health/live") == 200


def a_killed_up_leaves_nothing_and_starts_again(up: Up) -> None:
    family = up.descendants()
    assert len(family) >= len(PARTS)
    up.process.kill()
    up.process.wait()
    _, alive = psutil.wait_procs(family, timeout=8)
    assert alive == []
    assert PASSWORD.search(up.start()) is None
    assert up.get("/health/live") == 200


def test_a_taken_port_is_one_sentence_and_nothing_is_started(up: Up) -> None:
    with socket.create_server(("127.0.0.1", up.port)):
        done = subprocess.run(
            [sys.executable, str(BASE_DIR / "manage.py"), "up"],
            env=up.environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {up.port} is taken by another program: stop that one, or set LONGWAVE_PORT to a free port.\n"
    )
    assert not up.places.postgres.exists()


def test_a_wrong_variable_is_one_sentence(up: Up) -> None:
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "up"],
        env={**up.environment, "LONGWAVE_PORT": "http"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "LONGWAVE_PORT must be a whole number, not 'http'.\n")


def test_a_database_that_does_not_answer_is_one_sentence(up: Up, tmp_path: Path) -> None:
    with up.output.open("wb") as out:
        code = subprocess.run(
            [sys.executable, str(BASE_DIR / "manage.py"), "up"],
            env={**up.environment, "DATABASE_URL": f"postgresql://nobody@/none?host={tmp_path}", "REDIS_URL": ""},
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    assert code == 1
    assert "check DATABASE_URL" in up.output.read_text().splitlines()[-1]
