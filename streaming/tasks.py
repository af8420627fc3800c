"""Tasks of this floor, by room."""

from streaming.alerts.tasks import tell, watch_refusals
from streaming.cues.tasks import evict_titled, watch_licences
from streaming.nodes.tasks import reconcile
from streaming.platforms.tasks import forget, look, platform_round, poll_login
from streaming.relay.tasks import look_at_relay

__all__ = [
    "evict_titled",
    "forget",
    "look",
    "look_at_relay",
    "platform_round",
    "poll_login",
    "reconcile",
    "tell",
    "watch_licences",
    "watch_refusals",
]
