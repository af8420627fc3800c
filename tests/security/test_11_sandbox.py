"""Control 11: what reads a file from outside has no network, no other file, no program, and ends at its limits."""

from __future__ import annotations

import platform

import pytest

from catalog.media import sandbox
from catalog.media.errors import ChildBrokenError
from catalog.media.inside.jail import Limits
from catalog.music import intake as music
from catalog.visuals import compiling, intake, squares
from tests.catalog.media.test_sandbox import outside
from tests.security.reading import calls, modules

__all__ = ["outside"]
LIMITS = Limits(seconds=60, cpu_seconds=5, memory=512 * 1024**2)
JOBS = {intake.CHECK, music.CHECK, compiling.COMPILE, squares.DECODE}


@pytest.mark.skipif(platform.system() != "Linux", reason="these walls are Linux's")
def test_a_job_reaches_neither_network_nor_files_nor_its_parent(outside):
    order = {
        "port": outside["listener"].getsockname()[1],
        "folder": str(outside["folder"]),
        "socket": outside["socket"],
        "parent": 1,
    }
    with (outside["folder"] / "there").open("rb") as file:
        handles = {"input": file.fileno()}
        found = sandbox.run("tests.catalog.media.jobs.try_to_get_out", order, files=handles, limits=LIMITS)
    assert found["got_out"] == []
    with pytest.raises(BlockingIOError):
        outside["listener"].accept()


@pytest.mark.parametrize(("how", "because"), [("computes", "seconds of computing"), ("sleeps", "longer than")])
def test_a_job_without_end_is_ended(how, because):
    limits = Limits(seconds=3, cpu_seconds=1, memory=512 * 1024**2)
    with pytest.raises(ChildBrokenError, match=because):
        sandbox.run("tests.catalog.media.jobs.misbehave", {"how": how}, files={}, limits=limits)


def test_every_job_on_files_of_people_runs_there_and_nowhere_else():
    run = {
        f"catalog.{name}.inside.{job}"
        for name, job in [("visuals", "check"), ("visuals", "compile"), ("music", "check"), ("visuals", "cover")]
    }
    assert run == JOBS
    for path, tree in modules("catalog", "accounts"):
        if "inside" not in path.parts:
            opened = [name for name, _ in calls(tree) if name in {"av.open", "av.container.open"}]
            assert opened == [] or path.name == "video_writer.py" or path.parts[-1] == "demo.py", path
