"""What may go through the relay, and the name an encoder publishes to it under."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from streaming.outputs.errors import DestinationInvalidError

if TYPE_CHECKING:
    from streaming.outputs.models import Destination

NAME_BYTES = 24
PLAIN = "rtmp://"
RELAY = "relay"


def make_name() -> str:
    """Return a name of 192 random bits: whoever does not know it cannot publish."""
    return secrets.token_urlsafe(NAME_BYTES)


def check_via_relay(destination: Destination) -> None:
    """Refuse what nginx-rtmp cannot push.

    Raises:
        DestinationInvalidError: ``field`` is ``via_relay``.

    """
    if not destination.via_relay:
        return
    if destination.platform == RELAY:
        raise _refused("This is the way to the relay itself.")
    if not destination.url.startswith(PLAIN):
        raise _refused(
            "The relay cannot encrypt: it takes addresses that begin with rtmp:// and no others. Use the platform's "
            "rtmp:// address if it has one, or have the encoder send there."
        )
    if destination.backup_url:
        raise _refused("The relay knows no backup ingest: remove it, or have the encoder send there.")


def _refused(sentence: str) -> DestinationInvalidError:
    return DestinationInvalidError(sentence, field="via_relay")
