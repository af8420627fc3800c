"""Reads ``.env``: lines of ``NAME=value``, nothing else; it is data and never run."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from config.env import EnvironmentValueError

if TYPE_CHECKING:
    from pathlib import Path

LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")
QUOTED = re.compile(r"""(?P<quote>["'])(?P<text>.*)(?P=quote)\s*(?:#.*)?""")


def load(file: Path) -> None:
    """Add the file's variables to the environment; what is set already wins, a missing file is fine.

    Raises:
        EnvironmentValueError: the file cannot be read, or a line is not ``NAME=value``.

    """
    if not file.is_file():
        return
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentValueError(f"{file} cannot be read ({error}). Fix it or remove it.") from error
    for name, value in parse(text, file.name).items():
        os.environ.setdefault(name, value)


def parse(text: str, name: str = ".env") -> dict[str, str]:
    """Return the variables of such a text; comments start with ``#``, quotes around a value are dropped.

    Raises:
        EnvironmentValueError: a line is neither blank, comment nor ``NAME=value``; the text names it.

    """
    variables: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise EnvironmentValueError(f"Line {number} of {name} is not NAME=value. Fix it or put # before it.")
        variables[found["name"]] = _value(found["value"])
    return variables


def _value(text: str) -> str:
    quoted = QUOTED.fullmatch(text)
    return quoted["text"] if quoted else text.partition(" #")[0].strip()
