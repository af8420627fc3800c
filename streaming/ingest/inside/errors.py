"""What ends the reading of a presenter's stream, each with the word it is told by."""

from __future__ import annotations


class StreamEndedError(Exception):
    """The stream is over; the text is a sentence for the operator."""

    end = "stopped"


class StreamStalledError(StreamEndedError):
    """The connection stands, but nothing comes."""

    end = "stalled"


class UnusableError(StreamEndedError):
    """What comes cannot be played; the sentence says what to change in the presenter's program."""

    end = "unusable"
