"""The environment is read through helpers that fail loudly, and every variable is explained."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from config import env
from config.env import EnvironmentValueError
from config.home import BASE_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("LW_TEST_FILE", str(tmp_path / "secret"))
    assert env.text("LW_TEST") == "from a file"
    monkeypatch.setenv("LW_TEST", "direct")
    assert env.text("LW_TEST") == "direct"


def test_a_secret_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LW_TEST_FILE", "/nowhere/secret")
    with pytest.raises(EnvironmentValueError, match="LW_TEST_FILE points at /nowhere/secret"):
        env.text("LW_TEST")


@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("Yes", True), ("off", False), ("0", False)])
def test_a_flag_is_yes_or_no(monkeypatch: pytest.MonkeyPatch, value: str, meaning: bool) -> None:
    monkeypatch.setenv("LW_TEST", value)
    assert env.flag("LW_TEST", default=not meaning) is meaning


def test_a_flag_that_is_neither_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LW_TEST", "perhaps")
    with pytest.raises(EnvironmentValueError, match="LW_TEST must be 1 or 0, not 'perhaps'"):
        env.flag("LW_TEST", default=True)


@pytest.mark.parametrize(("value", "sentence"), [("many", "whole number"), ("0", "between 1 and 9"), ("10", "between")])
def test_a_number_out_of_range_is_named(monkeypatch: pytest.MonkeyPatch, value: str, sentence: str) -> None:
    monkeypatch.setenv("LW_TEST", value)
    with pytest.raises(EnvironmentValueError, match=f"LW_TEST must .*{sentence}"):
        env.integer("LW_TEST", 5, least=1, most=9)


def test_a_list_has_no_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LW_TEST", " a, ,b,")
    assert env.listing("LW_TEST") == ["a", "b"]


def test_every_variable_stands_in_the_example_with_a_sentence() -> None:
    example = (BASE_DIR / ".env.example").read_text()
    explained = set(re.findall(r"(?m)^# .+\n#?([A-Z][A-Z0-9_]*)=", example))
    used = set(variables_used())
    assert {"LONGWAVE_HOME", "DATABASE_URL", "SECRET_KEY"} <= used
    assert used - explained == set()
    assert set(re.findall(r"(?m)^#?([A-Z][A-Z0-9_]*)=", example)) - used == OTHERS


# Read by the scripts in bin/ and the benchmarks.
OTHERS = {"LONGWAVE_VENV", "FFMPEG"}


def variables_used() -> Iterator[str]:
    """Yield the names given to the helpers of config.env anywhere in our code."""
    for floor in ("config", "accounts", "catalog", "streaming", "analytics"):
        for file in (BASE_DIR / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if is_env_call(node):
                    name = node.args[0]  # type: ignore[attr-defined]
                    assert isinstance(name, ast.Constant), f"{file}: env names must be written out"
                    yield str(name.value)


def is_env_call(node: ast.AST) -> bool:
    """Whether this is ``env.text(…)``, ``env.flag(…)``, ``env.integer(…)``, ``env.listing(…)`` or ``env.ranges(…)``."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    module = node.func.value
    is_helper = node.func.attr in {"text", "flag", "integer", "listing", "ranges"}
    return is_helper and isinstance(module, ast.Name) and module.id == "env"


def test_ranges_are_numbers_and_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LW_TEST", "80, 8000-9000")
    assert env.ranges("LW_TEST", "", least=1, most=65535) == ((80, 80), (8000, 9000))


@pytest.mark.parametrize("value", ["http", "0", "9-8", "1-", "70000", "-5"])
def test_a_range_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LW_TEST", value)
    with pytest.raises(EnvironmentValueError, match="LW_TEST takes numbers from 1 to 65535"):
        env.ranges("LW_TEST", "", least=1, most=65535)
