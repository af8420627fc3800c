"""RTMP(S) destinations."""

from __future__ import annotations

from streaming.playout.errors import OutputError
from streaming.playout.outputs import amf, flv
from streaming.playout.outputs.base import Output, Surroundings
from streaming.playout.outputs.chunks import AUDIO, DATA, VIDEO, Message
from streaming.playout.outputs.session import AUDIO_CHANNEL, VIDEO_CHANNEL, Address, Session
from streaming.playout.spec import RtmpSpec
from streaming.playout.units import Kind, Unit

STARVED = 5.0
"""Seconds without anything to send after which the connection is closed: the clock itself must have stopped."""

RENEW_AFTER_MS = 20 * 24 * 3600 * 1000
"""A connection's age at which it is renewed at a keyframe: FLV timestamps break at 2³¹ ms, 24.8 days."""

PROVEN_AFTER_MS = 30_000


class RtmpOutput(Output):
    """Publishes under one key, for ever."""

    def __init__(self, spec: RtmpSpec, around: Surroundings) -> None:
        """Prepare; :meth:`start` connects."""
        super().__init__(spec, around)
        self._address = Address.parse(spec.url)
        self._key = spec.key
        self._origin: int | None = None

    def run(self) -> None:
        """One connection, from handshake to goodbye."""
        session = Session(self._address)
        already = self.bytes
        try:
            session.publish(self._key)
            self._origin = None
            self.came_up()
            self._headers(session)
            while not self.queue.closed:
                if not self._send(session):
                    break
                self.bytes = already + session.sent
            session.goodbye(self._key)
        finally:
            session.close()

    def _headers(self, session: Session) -> None:
        video, audio = flv.headers(self.format)
        properties = amf.encode("@setDataFrame", "onMetaData", flv.metadata(self.format))
        session.write(
            [
                (AUDIO_CHANNEL, session.message(DATA, properties, 0)),
                (VIDEO_CHANNEL, session.message(VIDEO, video, 0)),
                (AUDIO_CHANNEL, session.message(AUDIO, audio, 0)),
            ],
        )

    def _send(self, session: Session) -> bool:
        """Send what is queued; False when the connection's time is up."""
        units = self.queue.take(STARVED)
        if not units:
            if self.queue.closed:
                return False
            raise OutputError("Nothing came from the encoder's clock; the connection was given up.")
        messages: list[tuple[int, Message]] = []
        for place, unit in enumerate(units):
            stamp = self._stamp(unit)
            if stamp >= PROVEN_AFTER_MS:
                self.proved()
            if stamp > RENEW_AFTER_MS and unit.kind is Kind.VIDEO and unit.key:
                session.write(messages)
                self.queue.unread(units[place:])
                self.queue.disconnected()
                return False
            kind, channel = (VIDEO, VIDEO_CHANNEL) if unit.kind is Kind.VIDEO else (AUDIO, AUDIO_CHANNEL)
            messages.append((channel, session.message(kind, flv.body(unit, self.format), stamp)))
        session.write(messages)
        return True

    def _stamp(self, unit: Unit) -> int:
        """Return milliseconds since this connection's first unit; audio a little older than it counts as 0."""
        time = self.format.milliseconds(unit)
        if self._origin is None:
            self._origin = time
        return max(0, time - self._origin)
