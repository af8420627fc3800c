"""Celery's doors to the nodes."""

from __future__ import annotations

from celery import shared_task

from streaming.nodes import services


@shared_task(name="streaming.nodes.reconcile", expires=10)
def reconcile() -> None:
    """Notice silent nodes and stations without one; beat calls it every five seconds."""
    services.reconcile_encoders()
