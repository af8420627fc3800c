"""Cells of tables that people open in a spreadsheet.

Spreadsheets run cells that begin with ``=``, ``+``, ``-`` or ``@`` as formulas, and titles, names and addresses come
from outside: such cells go out behind an apostrophe (OWASP ASVS 1.2.10).
"""

from __future__ import annotations

from typing import Any

# Full-width signs are run too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(cell: Any) -> str:
    """Return the text of a cell that :func:`guarded` may have changed."""
    text = "" if cell is None else str(cell)
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
