"""Tells what a stream is by its first kilobytes, without a decoder: headers of MP3, AAC, Ogg and FLAC.

Sources: ISO/IEC 11172-3 §2.4.1.3 and 13818-3 (MPEG audio frames), ISO/IEC 13818-7 §6.2 (ADTS), RFC 3533 (Ogg), the
Vorbis I specification §4.2.2, RFC 7845 §5.1 (Opus), RFC 9639 §8.2 (FLAC).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

MPEG1_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
MPEG2_KBPS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
MP3_RATES = (44_100, 48_000, 32_000)
AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
MONO = 3


@dataclass(frozen=True)
class SoundFormat:
    """A codec's name, samples a second, channels, and kilobits a second (0: not said)."""

    codec: str
    sample_rate: int
    channels: int
    kbps: int = 0

    def __str__(self) -> str:
        """As an operator says it: 192 kbit/s MP3, 44.1 kHz stereo."""
        rate = f"{self.sample_rate / 1000:g} kHz"
        channels = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels} channels")
        speed = f"{self.kbps} kbit/s " if self.kbps else ""
        return f"{speed}{self.codec}, {rate} {channels}"


def sound_format(head: bytes) -> SoundFormat | None:
    """Return what the beginning of a stream is, None if it is no sound we know; it may begin within a frame."""
    if head.startswith(b"fLaC") and len(head) >= 26:  # noqa: PLR2004 - the marker and STREAMINFO's first fields
        return _flac(head[18:22])
    if head.startswith(b"OggS"):
        return _ogg(head)
    return _framed(head, _mp3) or _framed(head, _adts)


def _framed(head: bytes, parse: Callable[[bytes], tuple[SoundFormat, int] | None]) -> SoundFormat | None:
    """Find a frame that is followed by another one of the same format."""
    at = head.find(b"\xff")
    while at >= 0:
        found = parse(head[at : at + 8])
        if found is not None:
            following = parse(head[at + found[1] : at + found[1] + 8])
            if following is not None and following[0].sample_rate == found[0].sample_rate:
                return found[0]
        at = head.find(b"\xff", at + 1)
    return None


def _mp3(header: bytes) -> tuple[SoundFormat, int] | None:
    if len(header) < 4 or header[1] & 0xE6 != 0xE2:  # noqa: PLR2004 - sync bits, layer III
        return None
    version, bitrate, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or bitrate in {0, 15} or rate == 3:  # noqa: PLR2004 - reserved values
        return None
    is_mpeg1 = version == 3  # noqa: PLR2004 - 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
    hertz = MP3_RATES[rate] // {3: 1, 2: 2, 0: 4}[version]
    kbps = (MPEG1_KBPS if is_mpeg1 else MPEG2_KBPS)[bitrate]
    size = (144 if is_mpeg1 else 72) * kbps * 1000 // hertz + (header[2] >> 1 & 1)
    return SoundFormat("MP3", hertz, 1 if header[3] >> 6 == MONO else 2, kbps), size


def _adts(header: bytes) -> tuple[SoundFormat, int] | None:
    if len(header) < 7 or header[1] & 0xF6 != 0xF0:  # noqa: PLR2004 - sync bits, layer 0
        return None
    rate = header[2] >> 2 & 15
    channels = (header[2] & 1) << 2 | header[3] >> 6
    size = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if rate >= len(AAC_RATES) or size < 8:  # noqa: PLR2004 - no frame is that short
        return None
    return SoundFormat("AAC", AAC_RATES[rate], channels or 2), size


def _ogg(head: bytes) -> SoundFormat | None:
    if (at := head.find(b"\x01vorbis")) >= 0 and len(head) >= at + 28:
        channels, hertz, _, nominal = struct.unpack_from("<BIii", head, at + 11)
        return SoundFormat("Ogg Vorbis", hertz, channels, max(0, nominal) // 1000)
    if (at := head.find(b"OpusHead")) >= 0 and len(head) >= at + 16:
        return SoundFormat("Ogg Opus", 48_000, head[at + 9])
    if (at := head.find(b"\x7fFLAC")) >= 0 and (start := head.find(b"fLaC", at)) >= 0 and len(head) >= start + 26:
        return _flac(head[start + 18 : start + 22], "Ogg FLAC")
    return None


def _flac(packed: bytes, codec: str = "FLAC") -> SoundFormat:
    value = int.from_bytes(packed[:4], "big")
    return SoundFormat(codec, value >> 12, (value >> 9 & 7) + 1)
