"""One round of work for a Twitch account: the key, whether it is live there, viewers, and the title."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from streaming.outputs.platforms import by_slug
from streaming.platforms import health, plans, wording
from streaming.platforms.errors import RefusedError
from streaming.platforms.models import Kind, PlatformAccount, PlatformPlan
from streaming.platforms.twitch import Client

if TYPE_CHECKING:
    from datetime import datetime

VALIDATE_EVERY = timedelta(minutes=55)
LOOK_EVERY = timedelta(seconds=30)
LIVE, OFFLINE = "live", "offline"


def run(account: PlatformAccount, token: str) -> None:
    """Do what is due.

    1. each hour ask whether the token holds, as Twitch wants; 2. every plan's destination has the channel's
    key; 3. look whether the channel is live, and who watches; 4. set title, category and tags where they differ.
    """
    client, now = Client(token), timezone.now()
    if account.validated_at is None or now - account.validated_at >= VALIDATE_EVERY:
        client.validate()
        account.validated_at = now
        account.save(update_fields=["validated_at"])
    found = plans.plans_of(account)
    wanted = [plan for plan in found if plans.is_wanted(plan)]
    for plan in found:
        if plan.destination is None and plans.may_try(plan, now):
            _make_destination(account, plan, client)
    _look_if_due(account, wanted, client)
    for plan in wanted:
        if plans.may_try(plan, timezone.now()):
            _say_title(account, plan, client)


def title_now(plan: PlatformPlan) -> str:
    """Return what the channel's title should be."""
    return wording.one_line(plan.title, plans.words_of(plan), most=wording.TWITCH_TITLE)


def _make_destination(account: PlatformAccount, plan: PlatformPlan, client: Client) -> None:
    known = by_slug(Kind.TWITCH)
    try:
        key = client.stream_key(account.external_id)
    except RefusedError as error:
        plans.fail(plan, error.detail)
        return
    if not key:
        plans.fail(plan, "Twitch gave no stream key: finish setting the channel up at twitch.tv (two-factor sign-in).")
        return
    if plans.send_to(plan, url=known.url if known else "", key=key, backup_url="", name=Kind.TWITCH.label):
        plans.succeed(plan)


def _look_if_due(account: PlatformAccount, wanted: list[PlatformPlan], client: Client) -> None:
    now = timezone.now()
    if not wanted or (account.health_due_at and account.health_due_at > now):
        return
    live = client.live([account.external_id]).get(account.external_id)
    for plan in wanted:
        health.keep(plan, is_live=live is not None, status=LIVE if live else OFFLINE, health="", issues=())
        if plan.viewers_at is None or now - plan.viewers_at >= plans.VIEWERS_EVERY or live is None:
            _count(plan, live.viewers if live else None)
    account.health_due_at = now + LOOK_EVERY
    account.save(update_fields=["health_due_at"])


def _count(plan: PlatformPlan, viewers: int | None) -> None:
    if viewers is not None or plan.viewers is not None:
        plans.count_viewers(plan, viewers)


def _say_title(account: PlatformAccount, plan: PlatformPlan, client: Client) -> None:
    now, title = timezone.now(), title_now(plan)
    if not health.is_sending(plan.destination, now) or not _is_to_be_said(plan, title, now):
        return
    try:
        if plan.category and not plan.category_id:
            plan.category_id = client.category(plan.category)
        category = plan.category_id or None
        client.update(account.external_id, title=title, category_id=category, tags=plan.tags or None)
    except RefusedError as error:
        plans.fail(plan, error.detail)
        return
    plan.sent_title, plan.sent_at = title, now
    plan.save(update_fields=["sent_title", "sent_at", "category_id"])
    if plan.category and not plan.category_id:
        plans.fail(plan, f"Twitch has no category {plan.category!r}: write it as Twitch does, or leave it empty.")
    else:
        plans.succeed(plan)


def _is_to_be_said(plan: PlatformPlan, title: str, now: datetime) -> bool:
    """Tell whether a title is new, and whether it is time for one: with each track, or once after a start."""
    if plan.sent_at is None:
        return True
    if title == plan.sent_title or now - plan.sent_at < timedelta(seconds=settings.TWITCH_TITLE_SECONDS):
        return False
    started_at = plan.station.encoder.started_at
    return plan.follow_tracks or (started_at is not None and plan.sent_at < started_at)
