"""Says when somebody seems to be trying doors: more refusals in ten minutes than people cause by mistake.

Webhooks without the secret are not among them: for those no row is ever written, a line of the log says it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count
from django.utils import timezone

from accounts.audit.models import SecurityEvent
from streaming.alerts.models import Alert, Severity
from streaming.alerts.services import close_alert, open_alert

if TYPE_CHECKING:
    from datetime import datetime

WITHIN = timedelta(minutes=10)
KIND = "refusals"


class Rule(NamedTuple):
    """So many refusals of a kind are nobody's mistake; ``sentence`` says what that means, with their number."""

    most: int
    severity: Severity
    sentence: str


RULES = {
    "token_reused": Rule(
        0,
        Severity.CRITICAL,
        "A refresh token was used twice ({count} in ten minutes): somebody has a copy. Its sessions were ended. "
        "Ask the person to change their password.",
    ),
    "sign_in": Rule(30, Severity.WARNING, "{count} sign-ins were refused in ten minutes: somebody may be guessing."),
    "code_refused": Rule(30, Severity.WARNING, "{count} codes were refused in ten minutes: somebody may be guessing."),
    "locked_out": Rule(10, Severity.WARNING, "{count} callers were locked out in ten minutes."),
    "not_allowed": Rule(
        60, Severity.WARNING, "{count} requests in ten minutes asked for what their sender may not do."
    ),
}


def watch_refusals() -> None:
    """Open an alert for each kind of refusal that is too frequent, and close those that have calmed down."""
    counts = _counts(timezone.now() - WITHIN)
    for kind, rule in RULES.items():
        count = counts.get(kind, 0)
        if count > rule.most:
            sentence = f"{rule.sentence.format(count=count)} See the security events."
            open_alert(kind=KIND, subject=f"security:{kind}", severity=rule.severity, sentence=sentence)
    calm = [f"security:{kind}" for kind, rule in RULES.items() if counts.get(kind, 0) <= rule.most]
    for alert in Alert.objects.filter(kind=KIND, subject__in=calm, closed_at=None):
        close_alert(kind=KIND, subject=alert.subject)


def _counts(after: datetime) -> dict[str, int]:
    refused = SecurityEvent.objects.filter(at__gte=after, outcome=SecurityEvent.Outcome.REFUSED, kind__in=RULES)
    return dict(refused.order_by().values_list("kind").annotate(count=Count("pk")))
