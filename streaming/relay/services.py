"""The verbs of the relay: may this publisher in."""

from __future__ import annotations

import structlog
from django.conf import settings

from streaming.relay.errors import NameTakenError, StatUnreadableError
from streaming.relay.looking import read_relay

log = structlog.get_logger(__name__)
SECONDS = 1.0


def check_publisher(*, name: str, client_id: str) -> None:
    """Refuse a second publisher of a name; nginx knows already that the name may be published.

    The relay itself is asked who publishes, so nothing that is remembered here can be wrong. If it cannot be asked,
    whoever knows the name is let in: the encoder's way out must not depend on us.

    Raises:
        NameTakenError: another connection publishes under this name now.

    """
    try:
        stream = read_relay(seconds=SECONDS).get(name)
    except StatUnreadableError as error:
        log.warning("relay publisher let in unseen", reason=error.detail, statistics=settings.RELAY.stat_url)
        return
    if stream and any(publisher.id != client_id for publisher in stream.publishers):
        raise NameTakenError("Somebody publishes under this name already.")
