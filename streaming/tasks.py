"""Tasks of this floor, by room."""

from streaming.alerts.tasks import tell
from streaming.cues.tasks import evict_titled
from streaming.nodes.tasks import reconcile
from streaming.platforms.tasks import forget, look, platform_round, poll_login

__all__ = ["evict_titled", "forget", "look", "platform_round", "poll_login", "reconcile", "tell"]
