"""How a lane has been: for how long it delivered without a break, for how long it was silent. Pure; media time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from streaming.playout.spec.sources import SilenceRule

PAUSE = 2.0
"""Seconds of silence that belong to any programme and break nothing."""

WINDOW = 0.1
"""Seconds over which a level is taken."""

ALARM_DB = -60.0
ALARM_SECONDS = 20.0
"""When silence is reported where no rule says otherwise (at the latest where one does)."""


@dataclass
class Quiet:
    """Silence on a lane, from the mean square of what it delivers."""

    db: float = ALARM_DB
    seconds: float = 0.0
    _power: float = 0.0
    _span: float = 0.0

    def hear(self, mean_square: float, span: float) -> None:
        """Take the next ``span`` seconds of sound; full scale is a mean square of 1."""
        self._power += mean_square * span
        self._span += span
        if self._span < WINDOW:
            return
        level = 10.0 * math.log10(max(self._power / self._span, 1e-12))
        self.seconds = self.seconds + self._span if level < self.db else 0.0
        self._power = self._span = 0.0


class Health:
    """What is known of one lane's sound."""

    def __init__(self, rule: SilenceRule | None = None) -> None:
        """Start with nothing known; with a ``rule`` its silence counts as loss."""
        self.good_for = 0.0
        self.dry_for = 0.0
        self.delivered = False
        self.lost = False
        self.alarmed = False
        self.quiet = Quiet()
        self.set_rule(rule)

    def set_rule(self, rule: SilenceRule | None) -> None:
        """Change what counts as silence, and whether it counts as loss."""
        self.rule = rule
        self.quiet.db = rule.db if rule else ALARM_DB
        if rule is None:
            self.lost = False

    @property
    def alarm_after(self) -> float:
        """Seconds of silence after which it is reported."""
        return min(ALARM_SECONDS, self.rule.seconds) if self.rule else ALARM_SECONDS

    def heard(self, mean_square: float, span: float) -> None:
        """Note ``span`` seconds of sound that came."""
        self.delivered = True
        self.dry_for = 0.0
        self.good_for += span
        self.quiet.hear(mean_square, span)
        if self.rule is not None and self.quiet.seconds >= self.rule.seconds:
            self.lost = True
        elif self.quiet.seconds == 0.0:
            self.lost = False
        if self.quiet.seconds >= min(PAUSE, self.rule.seconds if self.rule else math.inf) and self.rule is not None:
            self.good_for = 0.0

    def missed(self, span: float, *, broken: bool = True) -> None:
        """Note ``span`` seconds in which nothing came; not ``broken`` while it may only be jitter."""
        self.dry_for += span
        if broken:
            self.good_for = 0.0
            self.quiet.seconds = 0.0
            self.lost = False

    def alarm(self) -> bool | None:
        """Return True once when silence has lasted long enough to be told, False once when it ended, else None."""
        if not self.alarmed and self.quiet.seconds >= self.alarm_after:
            self.alarmed = True
            return True
        if self.alarmed and self.quiet.seconds == 0.0:
            self.alarmed = False
            return False
        return None
