"""What an encoder was asked to show last, so that it can be asked again: on a new link, in a new process. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streaming.nodes.difference import Json, Wanted


@dataclass
class Showing:
    """The cue and picture said last, and the playlist's entry on air last."""

    cue: Json | None = None
    picture: Json | None = None
    entry: str | None = None
    slate: bool = False  # the picture could not be shown; the slate stands in for it

    def ask(self, cue: Json, picture: Json) -> None:
        """Note what is to be shown from now on."""
        self.cue, self.picture, self.slate = cue, picture, False

    def aired(self, event: Json) -> None:
        """Note an airing: a playlist that moved on by itself ends what was shown before."""
        cue = event.get("cue") or {}
        entry = (cue.get("track") or {}).get("entry")
        if cue.get("id") is None and entry is not None:
            self.entry, self.cue, self.picture, self.slate = entry, None, None, False

    def refused(self, event: Json) -> bool:
        """Note that a command was refused; tells whether the slate has to be shown instead."""
        if self.cue is None or self.slate or event.get("to") != f"show:{self.cue.get('id')}":
            return False
        self.slate = True
        return True

    def missing_from(self, hello: Json) -> bool:
        """Tell whether the encoder shows something else than it was asked to."""
        return self.cue is not None and self.cue.get("id") != (hello.get("cue") or {}).get("id")

    def picture_for(self, wanted: Wanted) -> Json:
        """Return the picture to show, or to begin a process with."""
        return wanted.slate if self.slate else self.picture or wanted.picture

    def forget(self) -> None:
        """The station went off air: it begins anew."""
        self.cue = self.picture = self.entry = None
        self.slate = False
