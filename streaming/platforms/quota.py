"""YouTube's daily quota: what calls cost, what is left, and how often may be looked so that it lasts.

The quota belongs to the project at Google, so all accounts share it; it begins anew at midnight on the Pacific coast
(developers.google.com/youtube/data/determine_quota_cost).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from streaming.platforms.errors import QuotaSpentError
from streaming.platforms.models import PlatformAccount, QuotaUse

if TYPE_CHECKING:
    from collections.abc import Callable

PACIFIC = ZoneInfo("America/Los_Angeles")
READ, WRITE = 1, 50
LOCK = "longwave.youtube.quota"
SHORTEST = timedelta(seconds=30)
LONGEST = timedelta(minutes=30)


@dataclass(frozen=True)
class Left:
    """What is left of a day: for looking, and in all. ``is_spent``: YouTube itself said that nothing is."""

    reading: int
    whole: int
    is_spent: bool = False


def cost_of(method: str) -> int:
    """Return the units of a method such as ``liveStreams.list``: the setting's, else 1 for a list, 50 for the rest."""
    known: dict[str, int] = settings.YOUTUBE_UNIT_COSTS
    return known.get(method, READ if method.endswith(".list") else WRITE)


def day_of(moment: datetime) -> date:
    """Return the quota's day."""
    return moment.astimezone(PACIFIC).date()


def next_day(moment: datetime) -> datetime:
    """Return when the next one begins, in UTC; days of 23 and 25 hours included."""
    return datetime.combine(day_of(moment) + timedelta(days=1), time(), tzinfo=PACIFIC).astimezone(UTC)


def purse(account: PlatformAccount, *, looking: bool = False) -> Callable[[str], None]:
    """Return what pays for an account's calls; it raises :class:`QuotaSpentError` when the money is not there.

    ``looking``: the calls only look how it goes, so they must leave the reserve alone.
    """

    def pay(method: str) -> None:
        charge(account, method, looking=looking)

    return pay


@transaction.atomic
def charge(account: PlatformAccount, method: str, *, looking: bool) -> None:
    """Write a call down before it is made.

    Raises:
        QuotaSpentError: today's budget has no room for it; looking stops where the reserve for writing begins.

    """
    now, units = timezone.now(), cost_of(method)
    _lock()
    rest = left(now)
    if rest.is_spent or units > (rest.reading if looking else rest.whole):
        until = next_day(now)
        what = "for looking" if looking and not rest.is_spent else "at all"
        raise QuotaSpentError(
            f"Today's YouTube quota leaves nothing {what}. Longwave asks again at {until:%H:%M} UTC "
            "(midnight Pacific); the stream itself goes on.",
            until=until,
        )
    row, _ = QuotaUse.objects.get_or_create(account=account, day=day_of(now))
    QuotaUse.objects.filter(pk=row.pk).update(units=F("units") + units)


def mark_spent(account: PlatformAccount) -> None:
    """Keep that YouTube itself says nothing is left: nothing is asked before the next day, whatever we counted."""
    QuotaUse.objects.update_or_create(account=account, day=day_of(timezone.now()), defaults={"is_spent": True})


def used(now: datetime) -> int:
    """Return today's units of all accounts."""
    return QuotaUse.objects.filter(day=day_of(now)).aggregate(sum=Sum("units"))["sum"] or 0


def left(now: datetime) -> Left:
    """Return what is left today."""
    whole = max(0, settings.YOUTUBE_DAILY_UNITS - used(now))
    reading = max(0, whole - settings.YOUTUBE_WRITE_RESERVE)
    is_spent = QuotaUse.objects.filter(day=day_of(now), is_spent=True).exists()
    return Left(reading=reading, whole=whole, is_spent=is_spent)


def interval(rest: Left, now: datetime, *, accounts: int, units: int = 2) -> timedelta:
    """Return how long to wait between two looks at one account, so that ``rest`` lasts until the day is over.

    ``units`` is what a look costs. At least 30 seconds, at most half an hour.
    """
    looks = rest.reading // max(1, units * accounts)
    if looks == 0:
        return LONGEST
    return min(LONGEST, max(SHORTEST, (next_day(now) - now) / looks))


def _lock() -> None:
    """Let one process at a time count; until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
