"""Tasks of this floor, by room."""

from streaming.nodes.tasks import reconcile

__all__ = ["reconcile"]
