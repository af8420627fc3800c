"""Compiles renditions: one worker at a time each, signs of life on the row, all or nothing in the storage.

The row's ``attempts`` doubles as the token of whoever compiles it: a worker that was thought dead and taken over finds
another number there, and stops.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from catalog.media import sandbox
from catalog.media.errors import ChildBrokenError, ChildDiedError
from catalog.media.inside.jail import Limits
from catalog.media.storing import local_path, remove, store, work_folder
from catalog.visuals import cards
from catalog.visuals.errors import CompileTakenOverError, ParameterSetsDifferError
from catalog.visuals.models import EncodingProfile, Loop, Rendition
from catalog.visuals.waiting import tell
from config.lib.problem import LongwaveError

logger = logging.getLogger(__name__)
COMPILE = "catalog.visuals.inside.compile"
# Without a sign of life for so long, a compile is taken to be dead.
SILENT = timedelta(seconds=30)
# A message not answered for so long is taken to be lost; a second one costs nothing.
UNANSWERED = timedelta(seconds=120)
ATTEMPTS = 3
MOST_SECONDS = 3000
MOST_CPU_SECONDS = 7200
MOST_MEMORY = 3 * 1024**3
# Seconds between updates of the row: when progress changed, and when it did not.
UPDATE_PAUSE, HEARTBEAT_PAUSE = 0.5, 5.0


@dataclass
class Attempt:
    """One try at one rendition, by the one worker that claimed it."""

    rendition: Rendition
    number: int
    _updated: float = field(default=0.0)
    _progress: int = field(default=0)

    def row(self) -> QuerySet[Rendition]:
        """Return the row as long as it is ours."""
        return Rendition.objects.filter(
            pk=self.rendition.pk,
            status=Rendition.Status.COMPILING,
            attempts=self.number,
        )

    def alive(self, progress: int | None = None) -> None:
        """Note progress (per cent) and life, not too often.

        Raises:
            CompileTakenOverError: it is not ours any more.

        """
        now = time.monotonic()
        changed = progress is not None and progress != self._progress
        if now - self._updated < (UPDATE_PAUSE if changed else HEARTBEAT_PAUSE):
            return
        self._updated, self._progress = now, progress if progress is not None else self._progress
        self.change(progress=self._progress, heartbeat_at=timezone.now())

    def change(self, **fields: Any) -> None:
        """Change the row.

        Raises:
            CompileTakenOverError: it is not ours any more.

        """
        with transaction.atomic():
            if not self.row().update(**fields):
                raise CompileTakenOverError(str(self.rendition.pk))
            tell(self.rendition.pk)

    def stored_name(self, number: int) -> str:
        """Return the name in the storage of what the n-th attempt made."""
        return f"renditions/{self.rendition.content_key}-{number}.mp4"


def run(rendition_id: UUID) -> Rendition:
    """Compile a rendition if it is free to be claimed, again when a try was interrupted, and return its row."""
    while attempt := claim(rendition_id):
        try:
            _try(attempt)
        except CompileTakenOverError:
            logger.warning("another worker took over the compile of rendition %s", rendition_id)
            break
    return Rendition.objects.select_related("profile", "loop").get(pk=rendition_id)


def claim(rendition_id: UUID) -> Attempt | None:
    """Take a rendition that waits, or whose worker is silent; none if it is not to be had."""
    now = timezone.now()
    free = Q(status=Rendition.Status.WAITING) | Q(status=Rendition.Status.COMPILING, heartbeat_at__lt=now - SILENT)
    with transaction.atomic():
        claimed = Rendition.objects.filter(free, pk=rendition_id, attempts__lt=ATTEMPTS).update(
            status=Rendition.Status.COMPILING,
            attempts=F("attempts") + 1,
            heartbeat_at=now,
            progress=0,
            reason="",
        )
        if not claimed:
            return None
        rendition = Rendition.objects.select_related("loop", "profile", "card").get(pk=rendition_id)
        tell(rendition_id)
    return Attempt(rendition, rendition.attempts)


def make_wait_again(rendition_id: UUID) -> bool:
    """Give a failed rendition its attempts back; false if it has not failed."""
    changed = Rendition.objects.filter(pk=rendition_id, status=Rendition.Status.FAILED).update(
        status=Rendition.Status.WAITING,
        attempts=0,
        progress=0,
        reason="",
        heartbeat_at=timezone.now(),
    )
    return bool(changed)


def give_up_on_hopeless() -> None:
    """Mark renditions failed that were interrupted at each of their attempts."""
    silent = Rendition.objects.filter(
        status__in=[Rendition.Status.COMPILING, Rendition.Status.WAITING],
        attempts__gte=ATTEMPTS,
        heartbeat_at__lt=timezone.now() - SILENT,
    )
    for rendition in silent:
        failed = silent.filter(pk=rendition.pk).update(
            status=Rendition.Status.FAILED,
            reason=f"The compile was interrupted {ATTEMPTS} times. Look at the worker's log, then compile again.",
        )
        if failed:
            tell(rendition.pk)


def take_abandoned() -> list[UUID]:
    """Return the renditions to enqueue again: compiled by a silent worker, or waiting unanswered."""
    now = timezone.now()
    abandoned = Rendition.objects.filter(
        Q(status=Rendition.Status.COMPILING, heartbeat_at__lt=now - SILENT)
        | Q(status=Rendition.Status.WAITING, heartbeat_at__lt=now - UNANSWERED)
        | Q(status=Rendition.Status.WAITING, heartbeat_at=None),
        attempts__lt=ATTEMPTS,
    ).select_for_update(skip_locked=True)
    keys = list(abandoned.values_list("pk", flat=True))
    waiting = Rendition.objects.filter(pk__in=keys, status=Rendition.Status.WAITING)
    waiting.update(heartbeat_at=now)
    return keys


def _try(attempt: Attempt) -> None:
    part = work_folder() / f"{attempt.rendition.pk}-{attempt.number}.part"
    try:
        _clear_away(attempt)
        result = _compile(attempt, part)
        _settle_parameter_sets(attempt.rendition.profile_id, bytes.fromhex(result["extradata"]))
        _note_join(attempt.rendition.loop, result["join_difference"])
        _finish(attempt, part, int(result["frames"]))
    except (ChildDiedError, ParameterSetsDifferError) as error:
        last = attempt.number >= ATTEMPTS
        attempt.change(
            status=Rendition.Status.FAILED if last else Rendition.Status.WAITING,
            reason=str(error),
            heartbeat_at=timezone.now(),
        )
    except (sandbox.Refusal, ChildBrokenError, LongwaveError) as error:
        attempt.change(status=Rendition.Status.FAILED, reason=str(error))
    finally:
        part.unlink(missing_ok=True)


def _clear_away(attempt: Attempt) -> None:
    """Remove what interrupted attempts left behind."""
    for number in range(1, attempt.number):
        (work_folder() / f"{attempt.rendition.pk}-{number}.part").unlink(missing_ok=True)
        remove(attempt.stored_name(number))


def _compile(attempt: Attempt, part: Path) -> dict[str, Any]:
    loop, profile, card = attempt.rendition.loop, attempt.rendition.profile, attempt.rendition.card
    name = str(loop.file.name)
    source = local_path(
        name,
        size=loop.size,
        cached_as=f"loops/{loop.sha256}{Path(name).suffix}",
        alive=attempt.alive,
    )
    with ExitStack() as open_files:
        files = {"input": open_files.enter_context(source.open("rb")).fileno()}
        order = _order(loop, profile)
        if card is not None:
            picture = cards.local(card)
            order["card"] = cards.box(picture)
            files["card"] = open_files.enter_context(picture.open("rb")).fileno()
        files["output"] = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        open_files.callback(os.close, files["output"])
        return sandbox.run(COMPILE, order, files=files, limits=_limits(loop.duration_ms, profile), heard=attempt.alive)


def _order(loop: Loop, profile: EncodingProfile) -> dict[str, Any]:
    return {
        "profile": profile.coding(),
        "expected_frames": round(loop.duration_ms * profile.frame_rate / 1000),
        "blend": loop.blend,
        "join_difference": loop.join_difference,
    }


def _limits(duration_ms: int, profile: EncodingProfile) -> Limits:
    seconds = 2 * duration_ms / 1000 + 60  # a short loop is repeated
    return Limits(
        seconds=MOST_SECONDS,
        cpu_seconds=MOST_CPU_SECONDS,
        memory=MOST_MEMORY,
        file_bytes=int(seconds * profile.video_kbps * 1000 / 8),
    )


def _settle_parameter_sets(profile_name: str, record: bytes) -> None:
    """Make these the profile's parameter sets if it has none yet, and refuse others.

    Raises:
        ParameterSetsDifferError: the profile has others.

    """
    with transaction.atomic():
        profile = EncodingProfile.objects.select_for_update().get(pk=profile_name)
        if profile.extradata is None:
            profile.extradata = record
            profile.save(update_fields=["extradata"])
        elif bytes(profile.extradata) != record:
            raise ParameterSetsDifferError(
                f"The compiled loop does not have the parameter sets of {profile_name}, so it cannot follow the "
                "others without a break. Every worker must have the same version of Longwave.",
            )


def _note_join(loop: Loop, difference: float | None) -> None:
    """Keep what was measured of a loop that was taken in before that was done."""
    if difference is not None:
        Loop.objects.filter(pk=loop.pk, join_difference=None).update(join_difference=difference)


def _finish(attempt: Attempt, part: Path, frames: int) -> None:
    size = part.stat().st_size
    attempt.alive(99)
    name = store(part, attempt.stored_name(attempt.number))
    now = timezone.now()
    try:
        attempt.change(
            status=Rendition.Status.READY,
            file=name,
            frames=frames,
            size=size,
            progress=100,
            heartbeat_at=now,
            ready_at=now,
        )
    except BaseException:
        remove(name)
        raise
