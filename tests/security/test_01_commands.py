"""Control 1: no command is ever put together as a text; names of files reach none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from catalog.media.errors import MediaRefusedError
from catalog.music.services import take_in_track
from config.home import BASE_DIR
from tests.security.reading import calls, modules

SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "pty.spawn"}
NAMES = ["$(touch {}).mp3", "`touch {}`.mp3", "; touch {};.mp3", "|touch {}|.mp3", "-loglevel.mp3"]


def test_no_code_of_ours_starts_a_shell():
    for path, tree in modules():
        for name, call in calls(tree):
            assert name not in SHELLS, f"{path}:{call.lineno}"
            assert not any(word.arg == "shell" for word in call.keywords), f"{path}:{call.lineno}"
            assert name not in {"eval", "exec"}, f"{path}:{call.lineno}"


def test_the_linter_holds_all_rules_about_security_but_the_one_named():
    lint = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    assert {rule for rule in lint["ignore"] if rule.startswith("S")} == {"S603"}
    left_out = {files for files, rules in lint["per-file-ignores"].items() if any(r[:2] in {"S1", "S3"} for r in rules)}
    assert left_out == {"tests/**"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_named_like_a_command_and_nothing_runs(tmp_path: Path, name: str):
    trace = tmp_path / "ran"
    upload = tmp_path / "upload"
    upload.write_bytes(b"no sound at all")
    with pytest.raises(MediaRefusedError):
        take_in_track(path=upload, original_name=name.format(trace))
    assert not trace.exists()
