"""The verbs of plans: what an operator wants at a platform for a station."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog.media.storing import remove
from streaming.outputs.models import Destination
from streaming.platforms import health
from streaming.platforms.errors import PlanInvalidError
from streaming.platforms.models import Kind, PlatformAccount, PlatformPlan, ViewerCount
from streaming.platforms.thumbnails import keep_thumbnail
from streaming.platforms.wording import check_template

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from streaming.stations.models import Station

TAG = re.compile(r"[^\W_]{1,25}")
MOST_TAGS = 10
# What is sent anew when it is changed.
SAID_AT_TWITCH = frozenset({"title", "category", "tags", "follow_tracks"})


class Wishes(TypedDict, total=False):
    """What an operator may say of a plan; see the model for each."""

    title: str
    description: str
    privacy: str
    latency: str
    dvr: bool
    rollover_minutes: int | None
    category: str
    tags: list[str]
    follow_tracks: bool


def add_plan(
    *, station: Station, account: PlatformAccount, destination: Destination | None = None, **wishes: Unpack[Wishes]
) -> PlatformPlan:
    """Have the platform's side of a station looked after; without a destination one is made in a moment.

    Raises:
        PlanInvalidError: ``field`` names what is wrong.

    """
    plan = PlatformPlan(station=station, account=account, destination=destination)
    _take(plan, wishes)
    with transaction.atomic():
        PlatformAccount.objects.select_for_update().get(pk=account.pk)
        _check_place(plan)
        plan.save(force_insert=True)
        _look_soon(account)
    return plan


@transaction.atomic
def change_plan(*, plan: PlatformPlan, **wishes: Unpack[Wishes]) -> PlatformPlan:
    """Change what is given. Title, privacy and the like count from the next broadcast on; at Twitch at once.

    Raises:
        PlanInvalidError: ``field`` names what is wrong.

    """
    row = PlatformPlan.objects.select_for_update().select_related("account").get(pk=plan.pk)
    before = {name: getattr(row, name) for name in SAID_AT_TWITCH}
    _take(row, wishes)
    if any(getattr(row, name) != value for name, value in before.items()):
        row.sent_title, row.sent_at, row.category_id = "", None, ""
    row.problem, row.problem_at, row.next_try_at, row.tries = "", None, None, 0
    row.save()
    _look_soon(row.account)
    return row


def set_thumbnail(*, plan: PlatformPlan, path: Path) -> None:
    """Keep a picture for the plan's broadcasts; the next one shows it.

    Raises:
        PlanInvalidError: ``field`` is ``picture``.

    """
    name = keep_thumbnail(path)
    with transaction.atomic():
        row = PlatformPlan.objects.select_for_update().get(pk=plan.pk)
        transaction.on_commit(partial(remove, row.thumbnail))
        row.thumbnail = name
        row.save(update_fields=["thumbnail"])
    plan.thumbnail = name


@transaction.atomic
def remove_plan(*, plan: PlatformPlan) -> None:
    """Stop looking after the platform's side; destination and what is live there stay as they are."""
    health.forget(plan)
    transaction.on_commit(partial(remove, plan.thumbnail))
    plan.delete()


def forget_viewers(*, older_than: timedelta) -> int:
    """Remove old viewer counts; return how many."""
    return ViewerCount.objects.filter(at__lt=timezone.now() - older_than).delete()[0]


def _take(plan: PlatformPlan, wishes: Wishes) -> None:
    for name, value in wishes.items():
        setattr(plan, name, value)
    plan.title, plan.category = " ".join(plan.title.split()), " ".join(plan.category.split())
    plan.tags = _checked_tags(plan.tags)
    if not plan.title:
        raise PlanInvalidError("Write a title: viewers see it first.", field="title")
    for field in ("title", "description"):
        check_template(getattr(plan, field), field=field)
    try:
        plan.clean_fields(exclude={"station", "account", "destination", "tags"})
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        column = PlatformPlan._meta.get_field(field)  # noqa: SLF001 - Django's own name for it, and public
        word = str(getattr(column, "verbose_name", field))
        raise PlanInvalidError(f"{word.capitalize()}: {' '.join(sentences)}", field=field) from error


def _checked_tags(tags: list[Any]) -> list[str]:
    found = [str(tag).strip().lstrip("#") for tag in tags]
    found = list(dict.fromkeys(tag for tag in found if tag))
    if len(found) > MOST_TAGS:
        raise PlanInvalidError(f"Twitch takes at most {MOST_TAGS} tags.", field="tags")
    wrong = next((tag for tag in found if not TAG.fullmatch(tag)), None)
    if wrong is not None:
        sentence = f"The tag {wrong!r} cannot be used: letters and digits only, at most 25 of them, no spaces."
        raise PlanInvalidError(sentence, field="tags")
    return found


def _check_place(plan: PlatformPlan) -> None:
    """Refuse a disconnected account, a destination of something else, and a second plan for the same thing."""
    account, destination = plan.account, plan.destination
    if account.state == PlatformAccount.State.DISCONNECTED:
        raise PlanInvalidError(f"{account.name} is disconnected: connect it first.", field="account")
    if destination is not None:
        if destination.station_id != plan.station_id:
            raise PlanInvalidError("This destination belongs to another station.", field="destination")
        if destination.platform not in ("", account.platform) or destination.kind != Destination.Kind.RTMP:
            where = account.get_platform_display()
            raise PlanInvalidError(f"This destination does not lead to {where} by RTMP.", field="destination")
        if PlatformPlan.objects.filter(destination=destination).exists():
            raise PlanInvalidError("This destination has a plan already: change that one.", field="destination")
    twins = account.plans.exclude(pk=plan.pk)
    if account.platform == Kind.TWITCH and twins.exists():
        raise PlanInvalidError(
            f"{account.name} has a plan already, and a Twitch channel shows one stream at a time.", field="account"
        )
    if twins.filter(station_id=plan.station_id).exists():
        raise PlanInvalidError(f"{plan.station.name} has a plan for {account.name} already.", field="account")


def _look_soon(account: PlatformAccount) -> None:
    PlatformAccount.objects.filter(pk=account.pk).update(health_due_at=None)
