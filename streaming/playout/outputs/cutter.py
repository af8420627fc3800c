"""Cuts a transport stream into segments at keyframes; each begins with its tables, and no packet is muxed twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streaming.playout.outputs.mpegts import PACKET, Muxer, first_keyframe
from streaming.playout.units import Kind, StreamFormat, Unit

TABLES = frozenset({0x0000, 0x0011, 0x1000})
"""Packet ids of PAT, SDT and FFmpeg's PMT, which it writes before every keyframe."""


@dataclass(frozen=True)
class Segment:
    """A piece that can be played by itself."""

    data: bytes
    seconds: float


class Cutter:
    """Units in, segments out."""

    def __init__(self, form: StreamFormat, least_ms: int) -> None:
        """``least_ms``: a segment ends at the first keyframe after so many milliseconds."""
        self._form = form
        self._least_ms = least_ms
        self._muxer = Muxer(form)
        self._data = bytearray()
        self._keys: deque[int] = deque()
        self._began: int | None = None

    def cut(self, units: Sequence[Unit]) -> Iterator[Segment]:
        """Add units; yield the segments that are whole."""
        self._keys.extend(self._form.milliseconds(unit) for unit in units if unit.key and unit.kind is Kind.VIDEO)
        seen = len(self._data)
        self._data += self._muxer.mux(units)
        while (place := first_keyframe(self._data, seen)) >= 0:
            at = self._keys.popleft()
            if self._began is not None and at - self._began < self._least_ms:
                seen = place + PACKET
                continue
            place = self._before_tables(place)
            piece, began = bytes(self._data[:place]), self._began
            del self._data[:place]
            self._began = at
            # The tables and the keyframe's own packet are behind us now.
            seen = first_keyframe(self._data) + PACKET
            if began is not None:
                yield Segment(piece, (at - began) / 1000)

    def close(self) -> None:
        """Let go of the muxer."""
        self._muxer.close()

    def _before_tables(self, place: int) -> int:
        data = self._data
        while place and (data[place - PACKET + 1] & 0x1F) << 8 | data[place - PACKET + 2] in TABLES:
            place -= PACKET
        return place
