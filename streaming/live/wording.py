"""What a listener reads for each state of a station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from streaming.nodes.models import Encoder

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Wording:
    """A word for the state, a sentence for the picture's place, a sentence for the track's place."""

    word: StrOrPromise
    sentence: StrOrPromise
    silent: StrOrPromise

    def texts(self) -> dict[str, str]:
        """Return the three as plain text, in the reader's language."""
        return {"word": str(self.word), "sentence": str(self.sentence), "silent": str(self.silent)}


_OFF = Wording(
    _("Off air"),
    _("The picture starts here by itself when the station is back."),
    _("Nothing is on now."),
)
WORDING = {
    Encoder.State.RUNNING: Wording(
        _("On air"),
        _("The first track has not been announced yet."),
        _("The first track has not been announced yet."),
    ),
    Encoder.State.SPAWNING: Wording(
        _("Starting"),
        _("The station goes on air in a few seconds."),
        _("The station goes on air in a few seconds."),
    ),
    Encoder.State.CRASHED: Wording(
        _("Coming back"),
        _("The station dropped out and is being started again."),
        _("The station is being started again."),
    ),
    Encoder.State.STOPPED: _OFF,
    Encoder.State.FAILED: _OFF,
}


def wording(state: str) -> dict[str, str]:
    """Return ``word``, ``sentence`` and ``silent`` for a state of the encoder."""
    return WORDING[Encoder.State(state)].texts()
