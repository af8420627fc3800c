"""The verbs of this room: take a video in, have it compiled, find the compiled file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.media import quota
from catalog.media.errors import MediaMissingError
from catalog.media.storing import local_path, received
from catalog.visuals import compiling, drawing, intake, queries, waiting
from catalog.visuals.content_key import content_key
from catalog.visuals.errors import LoopRefusedError, RenditionFailedError, RenditionNotReadyError
from catalog.visuals.models import EncodingProfile, Loop, Rendition, TitleCard

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.people.models import User

COMPILE_TASK = "catalog.visuals.compile"


def take_in(
    *,
    path: Path,
    original_name: str,
    name: str = "",
    tags: Sequence[str] = (),
    uploaded_by: User | None = None,
    builtin: str = "",
) -> Loop:
    """Check a sent video by decoding all of it in a process of its own, and keep it as a loop.

    The same bytes sent twice are one loop: the second time returns the first, unchanged.

    Args:
        path: the sent file; it is read, never changed.
        original_name: what the sender calls it; only ever shown as text.
        name: what to call the loop; empty: made from ``original_name``.
        tags: words to find it by.
        uploaded_by: who sent it.
        builtin: set for pictures we drew ourselves.

    Raises:
        LoopRefusedError: it is no video that we play; ``field`` is "file" and nothing was stored.
        MediaTooLargeError: more bytes than ``LOOP_MAX_BYTES``; nothing was stored.
        QuotaError: more than this person may send in all; nothing was stored.
        StorageFullError: no room; nothing was stored.

    """
    with received(path, most=settings.LOOP_MAX_BYTES, refusal=LoopRefusedError) as upload:
        known = Loop.objects.filter(sha256=upload.sha256).first()
        if known:
            return known
        quota.check(uploaded_by, upload.size)
        words = intake.Words(original_name, name, tuple(tags), builtin)
        return intake.keep(upload, intake.check(upload), words, uploaded_by)


def request_rendition(*, loop: Loop, profile: EncodingProfile, card: TitleCard | None = None) -> Rendition:
    """Return the rendition of a loop at a profile, with a title or plain, and have it compiled if nobody has.

    One that failed stays failed, so that a broken loop is not compiled again at each track change;
    :func:`retry_rendition` tries again.
    """
    with transaction.atomic():
        rendition, is_new = _row(loop, profile, card)
        if is_new:
            _enqueue(rendition.pk)
    return rendition


def recompile(*, loop: Loop) -> None:
    """Have a loop compiled as it is to be now, for every profile it was compiled for; older renditions stand in."""
    for profile in EncodingProfile.objects.filter(renditions__loop=loop, renditions__card=None).distinct():
        request_rendition(loop=loop, profile=profile)


def retry_rendition(*, rendition: Rendition) -> Rendition:
    """Have a failed rendition compiled again; any other state is left alone."""
    with transaction.atomic():
        if compiling.make_wait_again(rendition.pk):
            _enqueue(rendition.pk)
    rendition.refresh_from_db()
    return rendition


def requeue_interrupted() -> int:
    """Enqueue compiles whose worker died or whose message was lost; return how many.

    Raises nothing: one that was interrupted too often is marked failed, with the reason.
    """
    compiling.give_up_on_hopeless()
    with transaction.atomic():
        keys = compiling.take_abandoned()
        for key in keys:
            _enqueue(key)
    return len(keys)


def compile_rendition(*, rendition_id: UUID) -> Rendition:
    """Compile a rendition in a process of its own, unless it is ready, failed or being compiled elsewhere.

    Progress and signs of life go to the row. Whatever happens, the row says it: ready, failed with a reason, or
    still being compiled by somebody else.

    Raises:
        Rendition.DoesNotExist: there is no such row (its loop was deleted).

    """
    return compiling.run(rendition_id)


def compile_now(*, loop: Loop, profile: EncodingProfile) -> Rendition:
    """Return the finished rendition of a loop, compiled here and now unless another worker is at it: then wait.

    One that failed before is tried again. The caller looks at ``status``: ready, or failed with a reason.
    """
    rendition, _ = _row(loop, profile, None)
    compiling.make_wait_again(rendition.pk)
    # Should the other worker die, the claim in here succeeds and the compile goes on.
    for now in waiting.watch(rendition.pk):
        rendition = compile_rendition(rendition_id=now.pk) if now.is_unfinished else now
    return rendition


def slate_rendition(*, profile: EncodingProfile) -> Rendition:
    """Return the compiled built-in slate, drawn and compiled on the spot if this is the first time.

    One that an older compiler made stands in until today's is ready.

    Raises:
        RenditionFailedError: it could not be compiled; the sentence says why.

    """
    loop = queries.slate_loop() or _draw_slate()
    rendition = _standing_in(loop, profile) or compile_now(loop=loop, profile=profile)
    if rendition.status != Rendition.Status.READY:
        raise RenditionFailedError(f"The slate could not be compiled for {profile.name}: {rendition.reason}")
    try:
        rendition_path(rendition)
    except MediaMissingError:
        # Somebody removed the file; the slate is what is left when all else is gone, so it is made anew.
        loop.delete()
        rendition = compile_now(loop=_draw_slate(), profile=profile)
    return rendition


def request_slates() -> None:
    """Ask for the slate in every profile that lacks it, so that no station's start has to wait for it."""
    slate = queries.slate_loop()
    if slate is None:
        return
    profiles = {content_key(slate, profile): profile for profile in EncodingProfile.objects.all()}
    there = set(Rendition.objects.filter(content_key__in=profiles).values_list("content_key", flat=True))
    for key in profiles.keys() - there:
        request_rendition(loop=slate, profile=profiles[key])


def watch_rendition(*, rendition: Rendition) -> Iterator[Rendition]:
    """Yield the rendition now and after each change of its progress, until it is ready or failed."""
    return waiting.watch(rendition.pk)


def note_aired(*, rendition: UUID, at: datetime) -> None:
    """Keep when a titled rendition went on air last; plain ones and those that are gone are passed over."""
    titled = Rendition.objects.filter(pk=rendition, card__isnull=False)
    titled.exclude(last_aired_at__gte=at).update(last_aired_at=at)


def rendition_path(rendition: Rendition) -> Path:
    """Return the absolute local path of a ready rendition, fetched into the cache from an object store.

    Raises:
        RenditionNotReadyError: it is not compiled.
        MediaMissingError: its file is gone or not whole.

    """
    if rendition.status != Rendition.Status.READY:
        raise RenditionNotReadyError(f"This loop is {rendition.get_status_display()} for {rendition.profile_id}.")
    return local_path(
        str(rendition.file.name),
        size=rendition.size,
        cached_as=f"renditions/{rendition.content_key}.mp4",
    )


def _standing_in(loop: Loop, profile: EncodingProfile) -> Rendition | None:
    ready = queries.ready_renditions(loops=[loop], profile=profile).get(loop.pk)
    if ready is not None and not queries.is_of_today(ready, loop, profile):
        request_rendition(loop=loop, profile=profile)
    return ready


def _draw_slate() -> Loop:
    with drawing.drawn_slate() as path:
        return take_in(path=path, original_name="slate.mp4", name="Slate", builtin=drawing.SLATE)


def _row(loop: Loop, profile: EncodingProfile, card: TitleCard | None) -> tuple[Rendition, bool]:
    return Rendition.objects.get_or_create(
        content_key=content_key(loop, profile, card),
        defaults={"loop": loop, "profile": profile, "card": card, "heartbeat_at": timezone.now()},
    )


def _enqueue(rendition_id: UUID) -> None:
    # Robust: with the broker down the row waits, and requeue_interrupted finds it.
    transaction.on_commit(partial(current_app.send_task, COMPILE_TASK, args=[str(rendition_id)]), robust=True)
