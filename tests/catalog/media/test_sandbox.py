"""The walls around whatever reads a file from outside."""

from __future__ import annotations

import platform
import socket
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from catalog.media import sandbox
from catalog.media.errors import ChildBrokenError, StorageFullError
from catalog.media.inside.jail import Limits
from catalog.visuals.inside import check
from tests.catalog.films import film

LIMITS = Limits(seconds=120, cpu_seconds=10, memory=512 * 1024**2)
linux = pytest.mark.skipif(platform.system() != "Linux", reason="these walls are Linux's")


@pytest.fixture
def outside(tmp_path):
    """A listener that must hear nothing, and a folder that must stay as it is."""
    (tmp_path / "there").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as local:
        path = tmp_path / "s"
        local.bind(str(path))
        local.listen()
        listener.setblocking(False)
        yield {"listener": listener, "folder": tmp_path, "socket": str(path)}


@linux
def test_nothing_gets_out(outside, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a secret of the parent")
    folder, listener = outside["folder"], outside["listener"]
    before = sorted(folder.iterdir())
    order = {
        "port": listener.getsockname()[1],
        "folder": str(folder),
        "socket": outside["socket"],
        "parent": psutil.Process().pid,
    }
    with (folder / "there").open("rb") as file:
        found = sandbox.run(
            "tests.catalog.media.jobs.try_to_get_out",
            order,
            files={"input": file.fileno()},
            limits=LIMITS,
        )
    assert found == {"got_out": [], "environment": ["LC_ALL"], "modules": [], "read": "secre"}
    assert sorted(folder.iterdir()) == before
    with pytest.raises(BlockingIOError):
        listener.accept()


@linux
def test_the_job_that_checks_videos_really_runs_behind_the_walls(tmp_path):
    walls = []

    def look(_: int | None) -> None:
        for child in psutil.Process().children():
            with suppress(psutil.NoSuchProcess):  # other tests' children end when they like
                if check.__name__ in " ".join(child.cmdline()):
                    text = Path(f"/proc/{child.pid}/status").read_text()
                    lines = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
                    walls.append((lines["Seccomp"].strip(), lines["NoNewPrivs"].strip(), lines["CapEff"].strip()))

    with film(tmp_path / "a.mp4", frames=300).open("rb") as file:
        sandbox.run(
            check.__name__,
            {},
            files={"input": file.fileno()},
            limits=replace(LIMITS, memory=2**31, cpu_seconds=60),
            heard=look,
        )
    # Before the walls stand nothing of the file has been read; from then on they never fall.
    assert ("2", "1", "0000000000000000") in walls


@pytest.mark.parametrize(
    ("how", "limits", "because"),
    [
        ("computes", replace(LIMITS, cpu_seconds=1), "1 seconds of computing"),
        ("sleeps", replace(LIMITS, seconds=1.5), "longer than 1.5 seconds"),
        ("crashes", LIMITS, "SIGSEGV"),
        ("chatters", LIMITS, "no end"),
        ("fails", LIMITS, "failed inside"),
    ],
)
def test_a_job_that_takes_too_much_is_ended_and_gone(how, limits, because):
    started = time.monotonic()
    with pytest.raises(ChildBrokenError, match=because):
        sandbox.run("tests.catalog.media.jobs.misbehave", {"how": how}, files={}, limits=limits)
    assert time.monotonic() - started < LIMITS.seconds
    assert not [child for child in psutil.Process().children() if "misbehave" in " ".join(child.cmdline())]


@linux
def test_a_job_that_takes_too_much_memory_is_refused_in_words():
    with pytest.raises(sandbox.Refusal, match="more than 512 MiB of memory"):
        sandbox.run("tests.catalog.media.jobs.misbehave", {"how": "hoards"}, files={}, limits=LIMITS)


def test_a_job_that_writes_too_much_is_stopped():
    with tempfile.TemporaryFile() as out:
        with pytest.raises(StorageFullError):
            sandbox.run(
                "tests.catalog.media.jobs.misbehave",
                {"how": "writes"},
                files={"output": out.fileno()},
                limits=replace(LIMITS, file_bytes=100_000),
            )
        assert out.seek(0, 2) == 100_000


def test_what_the_listener_raises_ends_the_job():
    class EnoughError(Exception):
        pass

    def enough(progress: int | None) -> None:
        if progress:
            raise EnoughError

    with pytest.raises(EnoughError):
        sandbox.run("tests.catalog.media.jobs.misbehave", {"how": "sleeps"}, files={}, limits=LIMITS, heard=enough)
    assert not [child for child in psutil.Process().children() if "misbehave" in " ".join(child.cmdline())]
