"""Celery's door to this room."""

from __future__ import annotations

from celery import shared_task

from accounts.keys import families, signing


@shared_task(name="accounts.keys.tend")
def tend() -> None:
    """Replace a signing key that is old, and delete sign-ins that ended long ago; beat calls it every hour."""
    signing.rotate_if_due()
    families.forget_old()
