"""What the platforms need from the operator: a channel to be connected again, a plan that cannot be followed."""

from __future__ import annotations

from django.urls import reverse

from streaming.console.need import Need
from streaming.platforms import queries

MOST_SHOWN = 20


def all_needs() -> list[Need]:
    """Return the needs, two queries."""
    accounts = reverse("admin:streaming_platformaccount_changelist")
    found = [Need("fail", f"{a}: {a.problem}", accounts, "Connect it again") for a in queries.accounts_in_need()]
    for plan in queries.plans_in_need()[:MOST_SHOWN]:
        url = reverse("admin:streaming_platformplan_change", args=[plan.pk])
        found.append(Need("warn", f"{plan.station.name} at {plan.account}: {plan.problem}", url, "See the plan"))
    return found
