"""Says an alert in words, the same for every channel; each client escapes them for its own service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.lib.admin_cells import span
from streaming.alerts.models import Alert, AlertMessage, Severity

if TYPE_CHECKING:
    from datetime import datetime

HEAD_LIMIT = 120
SENTENCE_LIMIT = 1500
OVER = "over"


@dataclass(frozen=True)
class Words:
    """A message: one line that says it all, then the sentence; ``tone`` is a severity, or ``over``."""

    tone: str
    head: str
    sentence: str
    at: datetime


def of_message(message: AlertMessage) -> Words:
    """Return what a message says now; one that is first sent when all is over says both at once."""
    alert = message.alert
    if message.closing or (alert.closed_at and not alert.messages.filter(channel=message.channel, closing=True)):
        return _over(alert)
    tone = Severity(alert.severity)
    sentence = f"{alert.sentence}\nSince {alert.opened_at:%Y-%m-%d %H:%M:%S} UTC."
    return Words(tone.value, _head(tone.label, alert), _cut(sentence, SENTENCE_LIMIT), alert.opened_at)


def of_trial(name: str, now: datetime) -> Words:
    """Return the message that tries a channel out."""
    sentence = f"Alerts are told here, in “{name}”. Nothing is wrong now because of this message."
    return Words(OVER, "Longwave: a message to try this out", _cut(sentence, SENTENCE_LIMIT), now)


def _over(alert: Alert) -> Words:
    closed = alert.closed_at or alert.seen_at
    lasted = span((closed - alert.opened_at).total_seconds())
    sentence = f"It lasted {lasted}, until {closed:%Y-%m-%d %H:%M:%S} UTC. It was: {alert.sentence}"
    return Words(OVER, _head("over", alert), _cut(sentence, SENTENCE_LIMIT), closed)


def _head(mark: str, alert: Alert) -> str:
    parts = [mark.upper(), alert.station.name if alert.station else "", alert.kind.replace("-", " ")]
    return _cut(" · ".join(" ".join(part.split()) for part in parts if part), HEAD_LIMIT)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
