"""What the platforms need from the operator: a channel to be connected again, a plan that cannot be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from streaming.console.need import Need
from streaming.platforms import queries
from streaming.stations.access import rows_of

if TYPE_CHECKING:
    from accounts.people.models import User

MOST_SHOWN = 20


def all_needs(person: User) -> list[Need]:
    """Return the needs as far as a person may see them, two queries."""
    accounts = reverse("admin:streaming_platformaccount_changelist")
    again = rows_of(person, "streaming.view_platformaccount", queries.accounts_in_need())
    found = [Need("fail", f"{a}: {a.problem}", accounts, "Connect it again") for a in again]
    for plan in rows_of(person, "streaming.view_platformplan", queries.plans_in_need())[:MOST_SHOWN]:
        url = reverse("admin:streaming_platformplan_change", args=[plan.pk])
        found.append(Need("warn", f"{plan.station.name} at {plan.account}: {plan.problem}", url, "See the plan"))
    return found
