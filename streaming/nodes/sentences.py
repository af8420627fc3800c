"""What operators read about an encoder's troubles. Pure."""

from __future__ import annotations

from streaming.nodes import machine
from streaming.nodes.machine import Life, State


def of_crash(life: Life, code: int | None, *, no_memory: bool = False) -> tuple[str, str]:
    """Return severity and sentence for an end nobody asked for; ``life`` is as it is after it."""
    how = "an exit code nobody was told" if code is None else f"exit code {code}"
    if life.state is State.FAILED:
        severity, then = "critical", f"It was the {machine.MAXIMUM}th time in a row: it stays off until restarted."
    else:
        severity, then = "error", f"It is started again in {life.start_at - life.since:g} s."
    if no_memory:
        return severity, f"The system killed the encoder because memory ran out. {then}"
    return severity, f"The encoder ended by itself with {how}. {then}"


def of_deaf(seconds: float) -> str:
    """Return the sentence for a process that was asked to stop and did not."""
    return f"The encoder was killed: it did not stop within {seconds:g} seconds of being asked to."


def of_hang(seconds: float) -> str:
    """Return the sentence for a process whose frames stand still."""
    return f"The encoder was killed: it sent no frame for {seconds:.0f} seconds."


class Said:
    """Sentences that are found again at each look and told once, until they were gone for a look."""

    def __init__(self) -> None:
        """Nothing was told."""
        self._before: list[str] = []

    def new(self, sentences: list[str]) -> list[str]:
        """Return those that were not among the last ones."""
        fresh = [sentence for sentence in sentences if sentence not in self._before]
        self._before = sentences
        return fresh
