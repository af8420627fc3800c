"""Does what :mod:`streaming.platforms.steps` decides: makes, binds, pictures, puts live and ends broadcasts.

Each step is one call and one row. A broadcast is asked for once: the row says so before the call goes out, and where
no answer came, YouTube's own list is searched for it (title and start time to the second) before it is asked for again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import timezone

from streaming.platforms import plans, thumbnails, wording
from streaming.platforms.errors import PlanInvalidError, RefusedError
from streaming.platforms.models import Broadcast, PlatformPlan
from streaming.platforms.steps import Do, Facts, Step, next_step
from streaming.platforms.youtube import Client, NewVideo, Video

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)
State = Broadcast.State
MOST_STEPS = 8
SOON = timedelta(seconds=60)
WAIT_FOR_PICTURE = timedelta(seconds=15)
GONE = frozenset({"liveBroadcastNotFound", "videoNotFound"})
OVER = frozenset({"complete", "revoked"})


def advance(plan: PlatformPlan, client: Client) -> None:
    """Take a plan's broadcasts as far as they can go now.

    Raises:
        PlatformError: but for a refusal, which the plan keeps as its problem.

    """
    for _ in range(MOST_STEPS):
        if not plans.may_try(plan, timezone.now()):
            return
        step = next_step(_facts(plan))
        if step.do is Do.NOTHING:
            return
        try:
            _STEPS[step.do](plan, client, step)
        except RefusedError as error:
            _refused(plan, step, error)
            return
        except PlanInvalidError as error:
            plans.fail(plan, error.detail)
            return
        plans.succeed(plan)


def open_broadcasts(plan: PlatformPlan) -> list[Broadcast]:
    """Return the broadcasts that are not over, oldest first."""
    return list(plan.broadcasts.exclude(state=State.COMPLETE).order_by("id"))


def settle(plan: PlatformPlan, told: dict[str, Video]) -> None:
    """Keep what YouTube says of the broadcasts; one that it does not list any more is over."""
    for broadcast in open_broadcasts(plan):
        if broadcast.video_id:
            _settle(broadcast, told.get(broadcast.video_id))


def is_unsettled(plan: PlatformPlan) -> bool:
    """Tell whether something is about to change: a broadcast that is wanted is not live yet, or two hand over."""
    if not plans.is_wanted(plan):
        return False
    return [b.state for b in open_broadcasts(plan)] != [State.LIVE]


def _facts(plan: PlatformPlan) -> Facts:
    track = plans.newest_track(plan) if plan.rollover else None
    is_active = plan.is_live_there is True
    ended = plan.broadcasts.filter(state=State.COMPLETE).order_by("-completed_at").first()
    was_wanted = ended is not None and bool(ended.problem)
    return Facts(
        now=timezone.now(),
        is_wanted=plans.is_wanted(plan) and bool(plan.stream_id),
        unwanted_since=plan.unwanted_since,
        is_active=is_active,
        active_since=plan.there_since if is_active else None,
        has_picture=bool(plan.thumbnail),
        rollover=plan.rollover,
        track_at=track.started_at if track else None,
        broadcasts=tuple(open_broadcasts(plan)),
        ended_at=ended.completed_at if ended and was_wanted else None,
    )


def _want(plan: PlatformPlan, _client: Client, _step: Step) -> None:
    title = wording.one_line(plan.title, plans.words_of(plan), most=wording.YOUTUBE_TITLE)
    Broadcast.objects.create(plan=plan, title=title, privacy=plan.privacy, scheduled_at=_start())


def _make(plan: PlatformPlan, client: Client, step: Step) -> None:
    """Have a broadcast made, or find the one that an earlier call made without our hearing of it."""
    broadcast = _of(step)
    video = _made_before(client, broadcast) if broadcast.asked_at else None
    if video is None:
        broadcast.scheduled_at, broadcast.asked_at = _start(), timezone.now()
        broadcast.save(update_fields=["scheduled_at", "asked_at"])
        try:
            video = client.make_video(_new_video(plan, broadcast))
        except RefusedError:
            broadcast.asked_at = None  # it surely was not made
            broadcast.save(update_fields=["asked_at"])
            raise
    broadcast.video_id, broadcast.chat_id = video.id, video.chat_id
    broadcast.state, broadcast.life_cycle = State.CREATED, video.life_cycle
    broadcast.save(update_fields=["video_id", "chat_id", "state", "life_cycle"])


def _new_video(plan: PlatformPlan, broadcast: Broadcast) -> NewVideo:
    return NewVideo(
        title=broadcast.title,
        description=wording.description(plan.description, plans.words_of(plan)),
        privacy=broadcast.privacy,
        latency=plan.latency,
        dvr=plan.dvr,
        scheduled_at=broadcast.scheduled_at,
    )


def _made_before(client: Client, broadcast: Broadcast) -> Video | None:
    def is_it(video: Video) -> bool:
        return video.title == broadcast.title and _moment(video.scheduled) == broadcast.scheduled_at

    return next((video for video in client.own_videos() if is_it(video)), None)


def _bind(plan: PlatformPlan, client: Client, step: Step) -> None:
    broadcast = _of(step)
    _take(broadcast, client.bind(broadcast.video_id, plan.stream_id), State.BOUND)


def _picture(plan: PlatformPlan, client: Client, step: Step) -> None:
    """Send the thumbnail once; a broadcast goes live without it rather than late."""
    broadcast = _of(step)
    broadcast.thumbnail_at = timezone.now()
    broadcast.save(update_fields=["thumbnail_at"])
    client.set_thumbnail(broadcast.video_id, thumbnails.stored(plan.thumbnail))


def _go_live(_plan: PlatformPlan, client: Client, step: Step) -> None:
    broadcast = _of(step)
    video = client.transition(broadcast.video_id, "live")
    if video is None or video.life_cycle == "live":
        _lives(broadcast)
    else:
        _take(broadcast, video, State.BOUND)


def _complete(_plan: PlatformPlan, client: Client, step: Step) -> None:
    broadcast = _of(step)
    client.transition(broadcast.video_id, "complete")
    _over(broadcast, "")


_STEPS: dict[Do, Callable[[PlatformPlan, Client, Step], None]] = {
    Do.WANT: _want,
    Do.MAKE: _make,
    Do.BIND: _bind,
    Do.PICTURE: _picture,
    Do.GO_LIVE: _go_live,
    Do.COMPLETE: _complete,
}


def _refused(plan: PlatformPlan, step: Step, error: RefusedError) -> None:
    """Keep what a refusal means: nothing arrives yet, the broadcast or the stream is gone, or a problem to be told."""
    broadcast = step.broadcast
    log.warning("platforms.refused", plan=str(plan.pk), step=step.do.value, reason=error.reason)
    if error.reason in GONE and broadcast is not None:
        _over(broadcast, error.detail)
        return
    if error.reason == "errorStreamInactive":
        plan.next_try_at = timezone.now() + WAIT_FOR_PICTURE
        plan.save(update_fields=["next_try_at"])
        return
    if error.reason == "liveStreamNotFound":
        plan.stream_id = ""
        plan.save(update_fields=["stream_id"])
    if step.do is Do.GO_LIVE and broadcast is not None:
        broadcast.refusals, broadcast.problem = min(broadcast.refusals + 1, 99), error.detail
        broadcast.save(update_fields=["refusals", "problem"])
        plans.fail(plan, error.detail, pause=WAIT_FOR_PICTURE if broadcast.refusals < MOST_STEPS else None)
        return
    plans.fail(plan, error.detail)


def _settle(broadcast: Broadcast, video: Video | None) -> None:
    if video is None:
        _over(broadcast, "It was deleted at YouTube.")
    elif video.life_cycle in OVER:
        _over(broadcast, "It was ended at YouTube." if video.life_cycle == "complete" else "YouTube took it down.")
    elif video.life_cycle == "live" and broadcast.state != State.LIVE:
        broadcast.chat_id = video.chat_id or broadcast.chat_id
        _lives(broadcast)
    elif video.life_cycle != broadcast.life_cycle:
        broadcast.life_cycle = video.life_cycle
        broadcast.save(update_fields=["life_cycle"])


def _take(broadcast: Broadcast, video: Video, state: Broadcast.State) -> None:
    broadcast.state, broadcast.life_cycle = state, video.life_cycle
    broadcast.chat_id = video.chat_id or broadcast.chat_id
    broadcast.save(update_fields=["state", "life_cycle", "chat_id"])


def _lives(broadcast: Broadcast) -> None:
    broadcast.state, broadcast.life_cycle, broadcast.problem = State.LIVE, "live", ""
    broadcast.live_at = broadcast.live_at or timezone.now()
    broadcast.save(update_fields=["state", "life_cycle", "problem", "live_at", "chat_id"])


@transaction.atomic
def _over(broadcast: Broadcast, problem: str) -> None:
    broadcast.state, broadcast.life_cycle, broadcast.problem = State.COMPLETE, "complete", problem
    broadcast.completed_at = timezone.now()
    broadcast.save(update_fields=["state", "life_cycle", "problem", "completed_at"])


def _of(step: Step) -> Broadcast:
    if step.broadcast is None:
        raise ValueError(f"The step {step.do.value} needs a broadcast.")
    return step.broadcast


def _start() -> datetime:
    return (timezone.now() + SOON).replace(microsecond=0)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
