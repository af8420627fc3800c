"""What the rounds of both platforms need of a plan: whether it is wanted, its words, its destination, its problems."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from config.lib.vault import SealBrokenError
from streaming.asrun.models import Airing
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.keys import stream_key
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination, change_destination
from streaming.platforms import health
from streaming.platforms.models import PlatformPlan, ViewerCount
from streaming.platforms.wording import Words

if TYPE_CHECKING:
    from streaming.platforms.models import PlatformAccount

VIEWERS_EVERY = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = 30, 3600


def plans_of(account: PlatformAccount) -> list[PlatformPlan]:
    """Return an account's plans, each with whether it is wanted kept as of now."""
    plans = list(account.plans.select_related("station", "destination", "account").order_by("created_at"))
    for plan in plans:
        _note_wanted(plan)
    return plans


def is_wanted(plan: PlatformPlan) -> bool:
    """Tell whether the station is to be on air and send there; a destination still to be made counts as enabled."""
    return plan.station.wanted_on_air and (plan.destination is None or plan.destination.enabled)


def may_try(plan: PlatformPlan, now: datetime) -> bool:
    """Tell whether the pause after the last refusal is over."""
    return plan.next_try_at is None or plan.next_try_at <= now


def words_of(plan: PlatformPlan) -> Words:
    """Return what a template may hold: the station, the newest track, the time."""
    track = newest_track(plan)
    artist, title = (track.artist, track.title) if track else ("", "")
    return Words(plan.station.name, artist, title, timezone.now())


def newest_track(plan: PlatformPlan) -> Airing | None:
    """Return what went on air last."""
    return Airing.objects.filter(station_id=plan.station_id).order_by("-started_at", "-id").first()


def send_to(plan: PlatformPlan, *, url: str, key: str, backup_url: str, name: str) -> bool:
    """Have the station send to the platform's address with the platform's key; tell whether it does now.

    The plan's destination is made if there is none, and changed only where key or backup ingest differ.
    """
    try:
        if plan.destination is None:
            _make_destination(plan, url=url, key=key, backup_url=backup_url, name=name)
        elif _key_of(plan.destination) != key:
            changes = {"backup_url": backup_url} if backup_url else {}
            change_destination(destination=plan.destination, url=url, key=key, **changes)  # type: ignore[arg-type]
    except DestinationInvalidError as error:
        fail(plan, error.detail)
        return False
    return True


def fail(plan: PlatformPlan, sentence: str, *, pause: timedelta | None = None) -> None:
    """Keep what went wrong, and wait longer each time before it is tried again."""
    seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(plan.tries, 7))
    plan.problem, plan.problem_at, plan.tries = sentence, timezone.now(), min(plan.tries + 1, 99)
    plan.next_try_at = plan.problem_at + (pause or timedelta(seconds=seconds))
    plan.save(update_fields=["problem", "problem_at", "tries", "next_try_at"])


def succeed(plan: PlatformPlan) -> None:
    """Forget what went wrong before."""
    if plan.problem or plan.tries or plan.next_try_at:
        plan.problem, plan.problem_at, plan.tries, plan.next_try_at = "", None, 0, None
        plan.save(update_fields=["problem", "problem_at", "tries", "next_try_at"])


def count_viewers(plan: PlatformPlan, viewers: int | None) -> None:
    """Keep how many watch now; None: nobody can, or the platform does not say."""
    plan.viewers, plan.viewers_at = viewers, timezone.now()
    plan.save(update_fields=["viewers", "viewers_at"])
    if viewers is not None:
        ViewerCount.objects.create(plan=plan, at=plan.viewers_at, viewers=viewers)


def _note_wanted(plan: PlatformPlan) -> None:
    since = None if is_wanted(plan) else plan.unwanted_since or timezone.now()
    if since != plan.unwanted_since:
        plan.unwanted_since = since
        plan.save(update_fields=["unwanted_since"])
        if since is not None:
            health.forget(plan)


def _make_destination(plan: PlatformPlan, *, url: str, key: str, backup_url: str, name: str) -> None:
    backup = {"backup_url": backup_url, "backup": Destination.Backup.STANDBY} if backup_url else {}
    taken = set(plan.station.destinations.values_list("name", flat=True))
    free = next(n for n in [name, *(f"{name} {i}" for i in range(2, 1000))] if n not in taken)
    plan.destination = add_destination(station=plan.station, url=url, key=key, name=free, **backup)  # type: ignore[arg-type]
    plan.save(update_fields=["destination"])


def _key_of(destination: Destination) -> str:
    try:
        return stream_key(destination)
    except SealBrokenError:
        return ""  # it is written anew
