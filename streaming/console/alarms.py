"""What open alerts, and channels that cannot be told of them, need from the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from streaming.alerts import queries
from streaming.alerts.models import Alert, AlertChannel, Severity
from streaming.console.need import Need
from streaming.stations.access import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from accounts.people.models import User
    from config.lib.admin_cells import Tone

MOST_SHOWN = 20


def all_alarms(person: User | None = None) -> list[Need]:
    """Return the needs of what is wrong now and of channels that fail, of what a person may see; two queries."""
    alerts, channels = queries.open_alerts(), queries.broken_channels()
    if person is not None:
        alerts = rows_of(person, "streaming.view_alert", alerts)
        channels = rows_of(person, "streaming.view_alertchannel", channels)
    return [*of_alerts(alerts[:MOST_SHOWN]), *of_channels(channels)]


def of_alerts(alerts: Iterable[Alert]) -> Iterator[Need]:
    """Return a need for each alert."""
    url = reverse("admin:streaming_alert_changelist") + "?open=1"
    for alert in alerts:
        tone: Tone = "warn" if alert.severity == Severity.WARNING else "fail"
        yield Need(tone, alert.sentence, url, "See the alerts", about=str(alert))


def of_channels(channels: Iterable[AlertChannel]) -> Iterator[Need]:
    """Return a need for each channel that does not take its messages."""
    for channel in channels:
        url = reverse("admin:streaming_alertchannel_change", args=[channel.pk])
        yield Need("warn", f"Alerts do not reach {channel.name}. {channel.last_error}", url, "See to it")
