"""The same H.264 and AAC as MPEG-TS wants them: Annex B with parameter sets at each keyframe, ADTS."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from streaming.playout.errors import OutputError
from streaming.playout.units import Unit

START_CODE = b"\x00\x00\x00\x01"
DELIMITER = START_CODE + b"\x09\xf0"
LENGTH_SIZE = 4


@dataclass(frozen=True)
class ParameterSets:
    """SPS and PPS with start codes, from an avcC record (ISO/IEC 14496-15, 5.3.3.1)."""

    annexed: bytes

    @classmethod
    def parse(cls, config: bytes) -> ParameterSets:
        """Read an avcC record.

        Raises:
            OutputError: it is cut short or its NAL lengths are not 4 bytes.

        """
        try:
            if config[0] != 1 or config[4] & 3 != LENGTH_SIZE - 1:
                raise OutputError("The rendition's avcC record is not of the kind we write.")
            sets: list[bytes] = []
            place = 6
            for count in (config[5] & 0x1F, None):
                number = config[place] if count is None else count
                place += 1 if count is None else 0
                for _ in range(number):
                    (length,) = struct.unpack_from(">H", config, place)
                    sets.append(START_CODE + config[place + 2 : place + 2 + length])
                    place += 2 + length
        except (IndexError, struct.error) as error:
            raise OutputError("The rendition's avcC record is cut short.") from error
        return cls(b"".join(sets))

    def annex_b(self, unit: Unit) -> bytes:
        """Turn a length-prefixed access unit into Annex B, parameter sets first where it is a keyframe."""
        parts = [DELIMITER, self.annexed] if unit.key else [DELIMITER]
        data, place = unit.data, 0
        while place + LENGTH_SIZE <= len(data):
            length = int.from_bytes(data[place : place + LENGTH_SIZE], "big")
            parts += [START_CODE, data[place + LENGTH_SIZE : place + LENGTH_SIZE + length]]
            place += LENGTH_SIZE + length
        return b"".join(parts)


class AdtsHeader:
    """Makes ADTS frames (ISO/IEC 13818-7, 6.2) of raw AAC, from the two-byte AudioSpecificConfig."""

    def __init__(self, config: bytes) -> None:
        """Read object type, rate index and channels."""
        bits = int.from_bytes(config[:2], "big")
        self._profile = (bits >> 11) - 1
        self._rate = (bits >> 7) & 0xF
        self._channels = (bits >> 3) & 0xF

    def wrap(self, data: bytes) -> bytes:
        """Return header and frame."""
        size = len(data) + 7
        return (
            bytes(
                [
                    0xFF,
                    0xF1,
                    self._profile << 6 | self._rate << 2 | self._channels >> 2,
                    (self._channels & 3) << 6 | size >> 11,
                    size >> 3 & 0xFF,
                    (size & 7) << 5 | 0x1F,
                    0xFC,
                ],
            )
            + data
        )
