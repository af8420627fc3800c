"""The scripts in bin/: on a machine that lacks something they say what to do, and they repeat no work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.home import BASE_DIR

TOOLS = ("awk", "cat", "cmp", "df", "dirname", "id", "ls", "mkdir", "rm", "sh", "touch")
BASE_PYTHON = Path(getattr(sys, "_base_executable", sys.executable)).resolve()


class Machine:
    """A checkout of the scripts with an empty lock, and a PATH that holds only what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "check out"
        self.venv = self.root / ".venv"
        self.path = folder / "path"
        self.path.mkdir(parents=True)
        (self.root / "bin").mkdir(parents=True)
        for name in ("_venv.sh", "manage"):
            shutil.copy(BASE_DIR / "bin" / name, self.root / "bin" / name)
        (self.root / "requirements.txt").write_text("# nothing\n")
        (self.root / "manage.py").write_text("import sys; print('managed', *sys.argv[1:])\n")
        for tool in TOOLS:
            (self.path / tool).symlink_to(str(shutil.which(tool)))

    def has(self, name: str, script: str) -> None:
        """Put a program of our own into the PATH."""
        file = self.path / name
        file.unlink(missing_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def has_python(self) -> None:
        """Put a Python that can do everything into the PATH."""
        (self.path / "python3").symlink_to(BASE_PYTHON)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run bin/manage."""
        return subprocess.run(
            [str(self.root / "bin" / "manage"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": str(self.path), "HOME": str(self.root)},
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without Python."""
    return Machine(tmp_path)


def refused_with(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence a script ended with."""
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


def test_a_machine_without_python_is_told_what_to_install(machine: Machine) -> None:
    sentence = refused_with(machine.manage("check"))
    assert sentence.startswith("Longwave needs Python 3.11, 3.12 or 3.13, but there is no python3 here")
    assert "sudo apt install python3 python3-venv" in sentence


def test_an_old_python_is_named(machine: Machine) -> None:
    machine.has("python3", 'case "$2" in *platform*) echo "python3 is 3.9.2";; *) exit 1;; esac')
    assert "but python3 is 3.9.2 here" in refused_with(machine.manage("check"))


def test_a_missing_venv_module_is_one_command(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("python3", 'case "$2" in *ensurepip*) exit 1;; *python%d*) echo python3.11-venv;; esac')
    assert refused_with(machine.manage("check")) == (
        "python3 cannot make virtual environments: sudo apt install python3-venv"
    )


def test_a_full_disk_is_said_before_anything_is_made(machine: Machine) -> None:
    machine.has_python()
    machine.has("df", 'printf "Filesystem 1024-blocks Used Available\\n/dev/sda1 9999999 9897599 102400 99%% /\\n"')
    assert "Only 100 MB are free" in refused_with(machine.manage("check"))
    assert not machine.venv.exists()


def test_a_folder_that_is_no_environment_is_not_touched(machine: Machine) -> None:
    machine.has_python()
    machine.venv.mkdir()
    (machine.venv / "thesis.txt").write_text("precious")
    assert "is no virtual environment" in refused_with(machine.manage("check"))
    assert (machine.venv / "thesis.txt").read_text() == "precious"


def test_the_first_run_installs_and_later_ones_do_not(machine: Machine) -> None:
    machine.has_python()
    first = machine.manage("station", "status", "a b")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [
        "Installing what requirements.txt names (about a minute)",
        "managed station status a b",
    ]
    assert machine.manage("check").stdout == "managed check\n"

    (machine.root / "requirements.txt").write_text("# changed\n")
    assert machine.manage("check").stdout.startswith("Installing")


def test_an_environment_that_was_cut_off_is_made_anew(machine: Machine) -> None:
    machine.has_python()
    machine.venv.mkdir()
    (machine.venv / ".making").touch()
    (machine.venv / "pyvenv.cfg").write_text("home = /nowhere\n")
    done = machine.manage("check")
    assert done.stdout.endswith("managed check\n"), done.stderr
    assert not (machine.venv / ".making").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(machine: Machine) -> None:
    machine.has_python()
    (machine.venv / "bin").mkdir(parents=True)
    (machine.venv / "pyvenv.cfg").write_text("home = /nowhere\n")
    (machine.venv / "bin" / "python").symlink_to("/nowhere/python3.11")
    assert machine.manage("check").stdout.endswith("managed check\n")


@pytest.mark.parametrize("script", ["up", "test", "manage", "_venv.sh"])
def test_the_scripts_are_plain_shell(script: str) -> None:
    assert subprocess.run(["/bin/sh", "-n", str(BASE_DIR / "bin" / script)], check=False).returncode == 0


@pytest.mark.parametrize("script", ["bin/up", "bin/test", "bin/manage", ".ci/run"])
def test_the_scripts_can_be_run(script: str) -> None:
    assert os.access(BASE_DIR / script, os.X_OK)
