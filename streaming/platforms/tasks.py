"""Celery's doors to this room."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from celery import current_app, shared_task

from streaming.platforms import connecting, rounds, services, thumbnails

VIEWERS_KEPT = timedelta(days=35)
SOON = 30


@shared_task(name="streaming.platforms.look", expires=10)
def look() -> None:
    """Hand out what is due; beat calls it every five seconds."""
    for account in rounds.due_accounts():
        current_app.send_task("streaming.platforms.round", args=[str(account)], expires=SOON)
    for login in connecting.due_logins():
        current_app.send_task("streaming.platforms.poll_login", args=[str(login)], expires=SOON)


@shared_task(name="streaming.platforms.round")
def platform_round(account: str) -> None:
    """Do a round for an account, unless somebody else does."""
    rounds.run_round(account_id=UUID(account))


@shared_task(name="streaming.platforms.poll_login")
def poll_login(login: str) -> None:
    """Ask whether a code was entered."""
    connecting.poll_login(login_id=UUID(login))


@shared_task(name="streaming.platforms.forget")
def forget() -> None:
    """Remove old viewer counts, pictures nobody shows, connections that came to nothing; beat calls it every hour."""
    services.forget_viewers(older_than=VIEWERS_KEPT)
    connecting.forget_old_logins()
    thumbnails.forget_unused()
