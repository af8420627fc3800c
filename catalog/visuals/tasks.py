"""Celery's doors to this room."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task

from catalog.visuals import services
from catalog.visuals.models import Rendition

logger = logging.getLogger(__name__)


@shared_task(name="catalog.visuals.compile")
def compile_rendition(rendition_id: str) -> None:
    """Compile a rendition; a second message for the same one does nothing."""
    try:
        services.compile_rendition(rendition_id=UUID(rendition_id))
    except Rendition.DoesNotExist:
        logger.info("rendition %s was deleted before it was compiled", rendition_id)


@shared_task(name="catalog.visuals.requeue_interrupted")
def requeue_interrupted() -> None:
    """Enqueue again what was interrupted or lost, and what every station falls back to."""
    services.requeue_interrupted()
    services.request_slates()
