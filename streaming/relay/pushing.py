"""Decides how a push is, from two looks at the relay's statistics: nginx-rtmp itself does not tell. Pure.

A platform that refuses a key mostly ends the connection, and nginx-rtmp connects anew every three seconds without a
word. So a push counts as up once the same connection is older than that and time goes on in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from streaming.outputs.models import Destination

if TYPE_CHECKING:
    from streaming.relay.stat import Client, StreamStat

State = Destination.State
STEADY_MS = 8000
SILENT = "The encoder does not publish to the relay."
CANNOT_CONNECT = (
    "The relay has no connection to it: check address and key. A relay that was not restarted since the destination "
    "was added does not know it yet."
)
COMES_AND_GOES = (
    "The connection is ended again and again: the platform may not take this key. The relay does not say why."
)
STANDS_STILL = "The connection stands still: the platform takes nothing."


@dataclass(frozen=True)
class Seen:
    """What was seen of a push at one look; kept between looks as JSON."""

    client: str = ""
    timestamp: int = 0
    dropped: int = 0
    bytes_in: int = 0

    @classmethod
    def from_json(cls, data: Any) -> Seen:
        """Return what :meth:`to_json` made; nothing seen, if it is something else."""
        try:
            return cls(str(data["client"]), int(data["timestamp"]), int(data["dropped"]), int(data["bytes_in"]))
        except (KeyError, TypeError, ValueError):
            return cls()

    def to_json(self) -> dict[str, Any]:
        """Return it for a row."""
        return {
            "client": self.client,
            "timestamp": self.timestamp,
            "dropped": self.dropped,
            "bytes_in": self.bytes_in,
        }


@dataclass(frozen=True)
class Told:
    """How a push is, and what to add to its counters."""

    state: Destination.State
    error: str
    seen: Seen
    milliseconds: int = 0
    bytes: int = 0
    reconnects: int = 0
    dropped: int = 0

    @property
    def connected(self) -> bool:
        """Whether the platform takes the stream, as far as can be seen."""
        return self.state == State.UP


def judge(destination: str, stream: StreamStat | None, before: Seen) -> Told:
    """Return how a destination's push is.

    Args:
        destination: its id.
        stream: the station's stream as the relay shows it; None: nobody publishes it.
        before: what was seen at the look before.

    """
    if stream is None or not stream.publishers:
        return Told(State.IDLE, SILENT, Seen())
    push = _newest([client for client in stream.pushes if client.target == destination])
    if push is None:
        return Told(State.WAITING, CANNOT_CONNECT, Seen(client=before.client, bytes_in=stream.bytes_in))
    now = Seen(push.id, push.timestamp, push.dropped, stream.bytes_in)
    same = before.client == push.id
    state, error = _state(push, before if same else None, came_again=bool(before.client) and not same)
    return Told(
        state,
        error,
        now,
        milliseconds=push.milliseconds,
        bytes=max(0, now.bytes_in - before.bytes_in) if same and state != State.WAITING else 0,
        reconnects=int(bool(before.client) and not same),
        dropped=max(0, push.dropped - before.dropped) if same else push.dropped,
    )


def _state(push: Client, before: Seen | None, *, came_again: bool) -> tuple[Destination.State, str]:
    if push.milliseconds < STEADY_MS:
        return State.CONNECTING, COMES_AND_GOES if came_again else ""
    if before is not None and push.timestamp == before.timestamp:
        return State.WAITING, STANDS_STILL
    return State.UP, ""


def _newest(pushes: list[Client]) -> Client | None:
    return min(pushes, key=lambda push: push.milliseconds) if pushes else None
