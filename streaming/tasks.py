"""Tasks of this floor, by room."""

from streaming.alerts.tasks import tell
from streaming.cues.tasks import evict_titled
from streaming.nodes.tasks import reconcile

__all__ = ["evict_titled", "reconcile", "tell"]
