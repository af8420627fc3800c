"""Evens out loudness: a gain that follows a source's long-term loudness so slowly that nobody hears it move. Pure."""

from __future__ import annotations

from streaming.playout.loudness import RELATIVE_GATE, STEP, Blocks

WINDOW = 30.0
"""Seconds over which a source's loudness is taken, gated as for integrated loudness, so pauses do not count."""

ENOUGH = 3.0
"""Seconds of sound before anything is judged."""

SETTLING = 12.0
"""Seconds of sound in which a source that is new finds its gain faster."""

UP, DOWN, FIRST = 0.5, 1.0, 4.0
"""Fastest movement, dB per second: louder, softer, and either while settling."""

DEAD_ZONE = 0.3
MOST, LEAST = 18.0, -24.0
QUIET = -50.0
"""LUFS below which sound says nothing about how loud its source is."""


class Leveller:
    """One source's gain (dB). Each source has its own, so that going over to another one starts with what fits it."""

    def __init__(self, gain: float = 0.0) -> None:
        """Start with a gain."""
        self.gain = gain
        self._blocks = Blocks(WINDOW)
        self._heard = 0.0

    @property
    def fresh(self) -> bool:
        """Whether it has not judged anything yet."""
        return self._heard < ENOUGH

    def hear(self, momentary: float, target: float) -> None:
        """Move the gain by what the next 100 ms allow.

        Args:
            momentary: loudness of the source over the last 400 ms, before the gain (LUFS).
            target: where to bring it (LUFS).

        """
        self._blocks.add(momentary)
        if momentary < QUIET:
            return
        loudness = self._blocks.gated()
        if loudness is None or momentary < loudness + RELATIVE_GATE:
            return
        self._heard += STEP
        if self._heard < ENOUGH:
            return
        off = max(LEAST, min(MOST, target - loudness)) - self.gain
        if abs(off) <= DEAD_ZONE:
            return
        settling = self._heard < SETTLING
        up, down = (FIRST, FIRST) if settling else (UP, DOWN)
        self.gain += max(-down * STEP, min(up * STEP, off))
