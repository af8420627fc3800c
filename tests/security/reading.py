"""Reads our own code, so that a rule can be held over all of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from config.home import BASE_DIR

FLOORS = ("config", "accounts", "catalog", "streaming", "analytics")


def modules(*floors: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of our code, below its path from the project's folder."""
    for floor in floors or FLOORS:
        for file in sorted((BASE_DIR / floor).rglob("*.py")):
            yield file.relative_to(BASE_DIR), ast.parse(file.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield the calls in a module, by the dotted name that stands there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the names of the modules that are imported anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
