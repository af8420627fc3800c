"""What can go wrong, by who can mend it."""

from __future__ import annotations


class PlayoutError(Exception):
    """Base; its text is a sentence for the operator."""


class SpecError(PlayoutError, ValueError):
    """A spec or command is wrong; ``field`` names where, as a dotted path."""

    def __init__(self, field: str, sentence: str) -> None:
        """Keep the field apart from the sentence."""
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


class PictureError(PlayoutError):
    """A rendition cannot be read or does not fit the stream."""


class SeamError(PlayoutError):
    """A transition cannot be made; the picture changes by a cut."""


class SeamLateError(SeamError):
    """A transition would not be ready in time: the picture changes by a cut, which is nobody's fault."""


class LiveError(PlayoutError):
    """Pictures cannot be coded live right now; worth another try."""


class SourceError(PlayoutError):
    """The sound cannot be had right now; worth another try."""


class OutputError(PlayoutError):
    """A destination cannot be reached or refused us; worth another try."""


class HeldError(OutputError):
    """Nothing may be sent now; a new turn lets it go on."""


class StationTakenError(PlayoutError):
    """Another process has this station."""
