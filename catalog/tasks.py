"""Celery tasks of this floor, by room."""

from catalog.visuals.tasks import compile_rendition, requeue_interrupted

__all__ = ["compile_rendition", "requeue_interrupted"]
