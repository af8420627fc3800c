"""``.env`` is data: names and values, never run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from config import dotenv
from config.env import EnvironmentValueError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=plain", "plain"),
        ("  export NAME = spaced  ", "spaced"),
        ("NAME=with # a comment", "with"),
        ("NAME='single # quoted'", "single # quoted"),
        ('NAME="double quoted" # comment', "double quoted"),
        ("NAME=a#b=c", "a#b=c"),
        ("NAME=", ""),
        ("NAME=$(touch /tmp/never)`id`", "$(touch /tmp/never)`id`"),
        ("NAME=größe", "größe"),
    ],
)
def test_a_value_is_taken_as_it_stands(line: str, value: str) -> None:
    assert dotenv.parse(f"# first\n\n{line}\n") == {"NAME": value}


def test_what_the_environment_says_already_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGWAVE_PORT", "9000")
    monkeypatch.delenv("LONGWAVE_NEW", raising=False)
    file = tmp_path / ".env"
    file.write_text("LONGWAVE_PORT=1\nLONGWAVE_NEW=yes\n")
    dotenv.load(file)
    assert (os.environ["LONGWAVE_PORT"], os.environ.pop("LONGWAVE_NEW")) == ("9000", "yes")


def test_a_missing_file_is_fine(tmp_path: Path) -> None:
    dotenv.load(tmp_path / ".env")


def test_a_line_that_is_no_assignment_is_named() -> None:
    with pytest.raises(EnvironmentValueError, match=r"Line 2 of \.env is not NAME=value"):
        dotenv.parse("A=1\nrm -rf /\n")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe")
    with pytest.raises(EnvironmentValueError, match="cannot be read"):
        dotenv.load(tmp_path / ".env")
