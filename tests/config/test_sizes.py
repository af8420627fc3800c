"""Code stays in pieces that can be read: sizes of functions and files over everything that ships."""

from __future__ import annotations

import ast
import statistics
from typing import TYPE_CHECKING

from config.home import BASE_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLOORS = ("config", "accounts", "catalog", "streaming", "analytics")
LONGEST_FUNCTION, LONGEST_FILE = 60, 300


def production_files() -> list[Path]:
    """Return every module that ships, without migrations, which Django writes."""
    files = [file for floor in FLOORS for file in (BASE_DIR / floor).rglob("*.py") if "migrations" not in file.parts]
    assert len(files) > 50
    return files


def functions() -> Iterator[tuple[str, int]]:
    """Yield each function's place and its number of lines without the docstring."""
    for file in production_files():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{file.relative_to(BASE_DIR)}:{node.lineno} {node.name}", length_of(node)


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines from ``def`` to the end, without the docstring: explaining more is never a fault."""
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    explained = 0 if docstring is None else (docstring.end_lineno or 0) - docstring.lineno + 1
    return (function.end_lineno or 0) - function.lineno + 1 - explained


def test_no_function_is_longer_than_sixty_lines() -> None:
    assert [(place, lines) for place, lines in functions() if lines > LONGEST_FUNCTION] == []


def test_the_usual_function_fits_in_ten_lines_and_nine_of_ten_in_thirty() -> None:
    lengths = [lines for _, lines in functions()]
    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=10)[-1] <= 30


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    lengths = {str(file.relative_to(BASE_DIR)): len(file.read_text().splitlines()) for file in production_files()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
