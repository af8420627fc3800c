"""Celery's doors to this room."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task

from catalog.media.errors import ChildDiedError, StorageFullError
from catalog.visuals import artwork, services
from catalog.visuals.models import Artwork, Rendition
from catalog.visuals.titles import cards

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
    artwork.requeue_forgotten()


@shared_task(
    name="catalog.visuals.fetch_artwork",
    autoretry_for=(ChildDiedError, StorageFullError),
    retry_backoff=5,
    max_retries=3,
)
def fetch_artwork(artwork_id: str) -> None:
    """Fetch a cover; a second message for the same one does nothing."""
    try:
        artwork.fetch_artwork(artwork_id=UUID(artwork_id))
    except Artwork.DoesNotExist:
        logger.info("the cover %s was removed before it was fetched", artwork_id)


@shared_task(name="catalog.visuals.forget_cards")
def forget_cards() -> None:
    """Remove cards that are not in use, and old covers."""
    cards.forget_unused()
    artwork.forget_old()
