"""Tells alerts to their channels: claims what is due, sends it, and keeps how that went.

Each message is told once. Only where a service swallowed its answer, or this process died between sending and noting
it, is it sent a second time: an alert heard twice is better than one not heard.
"""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from streaming.alerts import channels, wording
from streaming.alerts.errors import NotToldError
from streaming.alerts.models import AlertChannel, AlertMessage

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 50
MOST_TRIES = 12
CLAIMED = timedelta(minutes=2)  # longer than any client takes
FIRST_WAIT, LONGEST_WAIT = 10.0, 1800.0


def tell_due() -> int:
    """Send what is due, at most fifty messages; returns how many were claimed. Several may run at once."""
    done = 0
    while done < MOST_AT_ONCE and (message := _claim(timezone.now())):
        _send(message)
        done += 1
    return done


def wait_before(tries: int, *, after: float | None) -> timedelta:
    """Return how long to wait after so many tries, at least what the service asks; jittered by a fifth."""
    doubled = min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
    return timedelta(seconds=max(doubled, after or 0.0) * random.uniform(1.0, 1.2))  # noqa: S311 - spreads retries


def _claim(now: datetime) -> AlertMessage | None:
    """Take the oldest due message; whoever else sees it due loses the conditional UPDATE."""
    for found in AlertMessage.objects.due(now).select_related("alert__station", "channel")[:10]:
        still = AlertMessage.objects.waiting().filter(pk=found.pk, next_try_at=found.next_try_at)
        if still.update(next_try_at=now + CLAIMED, tries=F("tries") + 1):
            found.tries += 1
            return found
    return None


def _send(message: AlertMessage) -> None:
    try:
        channels.tell(message.channel, wording.of_message(message))
    except NotToldError as error:
        _failed(message, error)
        return
    now = timezone.now()
    AlertMessage.objects.filter(pk=message.pk).update(sent_at=now, error="")
    AlertChannel.objects.filter(pk=message.channel_id, enabled=True).update(last_error="", last_error_at=None)


def _failed(message: AlertMessage, error: NotToldError) -> None:
    """Keep what went wrong; try again later, give this message up, or the whole channel."""
    now = timezone.now()
    logger.warning("alert channel %s was not told (try %d): %s", message.channel.name, message.tries, error.detail)
    AlertChannel.objects.filter(pk=message.channel_id).update(last_error=error.detail, last_error_at=now)
    if error.gone:
        channels.close_for_good(message.channel, error.detail)
    elif error.again and message.tries < MOST_TRIES:
        later = now + wait_before(message.tries, after=error.after)
        AlertMessage.objects.filter(pk=message.pk).update(next_try_at=later, error=error.detail)
        if error.after:  # the service counts the channel, not the message
            others = AlertMessage.objects.waiting().filter(channel=message.channel_id, next_try_at__lt=later)
            others.update(next_try_at=later)
    else:
        same = AlertMessage.objects.waiting().filter(alert=message.alert_id, channel=message.channel_id)
        same.update(given_up_at=now, error=error.detail)
