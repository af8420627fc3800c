"""Something that needs the operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.lib.admin_cells import Tone


@dataclass(frozen=True)
class Need:
    """Something an operator should see to: what it is and means, and where to act."""

    tone: Tone
    sentence: str
    url: str
    verb: str
    about: str = ""
    """Kind and subject of an alert that says the same."""
