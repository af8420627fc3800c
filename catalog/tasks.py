"""Celery tasks of this floor, by room."""

from catalog.visuals.tasks import compile_rendition, fetch_artwork, forget_cards, requeue_interrupted

__all__ = ["compile_rendition", "fetch_artwork", "forget_cards", "requeue_interrupted"]
