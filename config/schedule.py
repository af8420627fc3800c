"""Beat's schedule on a clock that may be set back."""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.utils import timezone
from django_celery_beat.schedulers import DatabaseScheduler

log = structlog.get_logger(__name__)
SET_BACK_S = 5.0
"""Seconds the wall clock may lag behind what it showed before; more than any slewing, less than anybody would miss."""


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # the library is not typed
    """The database's schedule, in which nothing was last run in the future.

    Celery counts from when a task was last run by the wall clock. Where that lies ahead, because the clock was set back
    since, the task would not run again before the clock is there once more: for an hour, or for a year.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Look at what was stored when the first tick comes."""
        self._shown = float("inf")
        super().__init__(*arguments, **options)

    def tick(self, *arguments: Any, **options: Any) -> Any:
        """Run what is due, after a look at the clock."""
        now = time.time()
        if now < self._shown - SET_BACK_S:
            self._forget_the_future()
        self._shown = now
        return super().tick(*arguments, **options)

    def _forget_the_future(self) -> None:
        """Take what was last run later than now as last run now, and plan anew."""
        now = timezone.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now]
        for entry in ahead:
            entry.last_run_at = entry.model.last_run_at = now
        self._heap = None
        if ahead:
            log.warning("the clock was set back; the schedule goes on from now", tasks=len(ahead))
