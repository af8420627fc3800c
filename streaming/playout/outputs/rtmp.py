"""RTMP(S) destinations."""

from __future__ import annotations

from collections.abc import Sequence

from streaming.playout.outputs import amf, flv
from streaming.playout.outputs.base import Surroundings
from streaming.playout.outputs.chunks import AUDIO, DATA, VIDEO, write_media
from streaming.playout.outputs.connected import ConnectedOutput
from streaming.playout.outputs.link import Link
from streaming.playout.outputs.session import AUDIO_CHANNEL, VIDEO_CHANNEL, Address, Session
from streaming.playout.spec import RenewSpec, RtmpSpec
from streaming.playout.units import Kind, StreamFormat, Unit

WRAP_MS = 2**31
"""Where FLV's signed timestamps end: players and servers read later ones as negative, or as 0."""


class RtmpLink(Link):
    """One publication, from its sequence headers to its good-bye."""

    def __init__(self, session: Session, key: str, form: StreamFormat, start_ms: int) -> None:
        """Publish under the key; timestamps begin at ``start_ms``."""
        super().__init__()
        self.limit_s = (WRAP_MS - start_ms) / 1000
        self._session = session
        self._key = key
        self._form = form
        self._start_ms = start_ms
        self._origin: int | None = None
        self._stamp = start_ms
        session.publish(key)
        self._headers()

    @property
    def media_s(self) -> float:
        """Seconds of media sent."""
        return (self._stamp - self._start_ms) / 1000

    def send(self, units: Sequence[Unit]) -> None:
        """Send units, without the sound that is older than the first picture."""
        form, stream, parts = self._form, self._session.stream, list[bytes]()
        if self._origin is None:
            self._origin = form.milliseconds(units[0]) - self._start_ms
        stamp = self._stamp
        for unit in units:
            stamp = form.milliseconds(unit) - self._origin
            if stamp < self._start_ms:
                continue
            way = (VIDEO_CHANNEL, VIDEO, stamp) if unit.kind is Kind.VIDEO else (AUDIO_CHANNEL, AUDIO, stamp)
            write_media(parts, way, (flv.tag(unit, form), unit.data), stream)
        self._session.send(parts)
        self._stamp = stamp
        self.sent = self._session.sent

    def bye(self) -> None:
        """End the publication so that the server knows it was meant."""
        self._session.goodbye(self._key)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _headers(self) -> None:
        video, audio = flv.headers(self._form)
        properties = amf.encode("@setDataFrame", "onMetaData", flv.metadata(self._form))
        message, stamp = self._session.message, self._start_ms
        self._session.write(
            [
                (AUDIO_CHANNEL, message(DATA, properties, stamp)),
                (VIDEO_CHANNEL, message(VIDEO, video, stamp)),
                (AUDIO_CHANNEL, message(AUDIO, audio, stamp)),
            ],
        )


class RtmpOutput(ConnectedOutput):
    """Publishes under one key, for ever."""

    spec: RtmpSpec

    def __init__(self, spec: RtmpSpec, around: Surroundings) -> None:
        """Prepare; :meth:`start` connects."""
        super().__init__(spec, around)
        self._start_ms = spec.start_ms

    @property
    def plan(self) -> RenewSpec:
        """When it is renewed."""
        return self.spec.renew

    @property
    def places(self) -> int:
        """The ingest, and its backup if there is one."""
        return 1 if self.spec.backup_url is None else 2

    def open(self, place: int) -> Link:
        """Connect and publish."""
        spec = self.spec
        address = Address.parse(spec.backup_url if place and spec.backup_url is not None else spec.url)
        session = Session(address, self._around.fence, private=spec.private)
        try:
            link = RtmpLink(session, spec.key, self.format, self._start_ms)
        except BaseException:
            session.close()
            raise
        self._start_ms = 0
        return link
