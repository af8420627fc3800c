"""Pace: how much sound is due by now. The source's own clock leads where there is one, the wall clock otherwise."""

from __future__ import annotations

CATCH_UP_LIMIT = 10.0
"""Seconds: after a longer standstill (a suspended machine) the clock starts anew instead of rushing through."""

STEER_LIMIT = 0.05
"""Largest deviation of our pace from the wall clock's, as a fraction."""

STEER_GAIN = 0.02
"""Deviation of pace per second of deviation of the buffer from its target."""

STEER_URGENCY = 3.0
"""Growth of the gain per second missing: a buffer may grow by seconds but lack only one, its target."""


class Pace:
    """Turns wall time into samples due.

    Over a live source the pace is steered by how full its buffer is, so that our clock follows the source's and
    neither a fast nor a slow one ever overfills or drains the buffer. Output timestamps count samples and do not
    know of any of this.
    """

    def __init__(self, sample_rate: int, now: float) -> None:
        """Start at ``now`` (monotonic seconds) with nothing due."""
        self._sample_rate = sample_rate
        self._last = now
        self._due = 0.0
        self._rate = 1.0

    @property
    def rate(self) -> float:
        """Current pace; 1 is the wall clock's."""
        return self._rate

    def steer(self, surplus: float | None) -> None:
        """Adjust the pace to a live source's buffer.

        Args:
            surplus: seconds by which the (smoothed) buffer exceeds its target; None without a live source.

        """
        if surplus is None:
            self._rate = 1.0
            return
        urgency = 1.0 + STEER_URGENCY * max(0.0, -surplus)
        self._rate = 1.0 + max(-STEER_LIMIT, min(STEER_LIMIT, STEER_GAIN * urgency * surplus))

    def due(self, now: float) -> int:
        """Return how many samples are due at ``now`` and not yet taken by :meth:`take`."""
        elapsed = now - self._last
        self._last = now
        if elapsed > CATCH_UP_LIMIT:
            self._due = 0.0
        elif elapsed > 0:
            self._due += elapsed * self._sample_rate * self._rate
        return int(self._due)

    def take(self, samples: int) -> None:
        """Account for samples that were sent."""
        self._due -= samples

    def wait(self, samples: int) -> float:
        """Return the seconds until ``samples`` will be due."""
        return max(0.0, (samples - self._due) / (self._sample_rate * self._rate))
