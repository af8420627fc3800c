"""Finds which form of sound a run of bytes has, and where it begins: for radios that change it on the air. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

ENOUGH_FRAMES = 3
"""Frames that must follow each other to the end of the bytes."""

_MP3_KBPS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_SYNC = 0xFF
_OGG_FIRST = 2
_ADTS_HEADER = 7


def sniff(data: bytes) -> tuple[str, int] | None:
    """Return the demuxer's name and where the sound begins; None if nothing known runs to the end of ``data``."""
    for place in _places(data, b"OggS"):
        if len(data) > place + 5 and data[place + 5] & _OGG_FIRST:
            return "ogg", place
    flac = data.find(b"fLaC")
    if flac >= 0:
        return "flac", flac
    chains = [(_chain(data, adts_length), "aac"), (_chain(data, mp3_length), "mp3")]
    found = [(place, name) for place, name in chains if place is not None]
    return (min(found)[1], min(found)[0]) if found else None


def runs_through(data: bytes, boundary: int) -> bool:
    """Tell whether frames follow each other from before ``boundary`` to the end, with a header behind it."""
    return any(_header_behind(data, length, boundary) for length in (adts_length, mp3_length))


def adts_length(data: bytes, place: int) -> int:
    """Return the length of the ADTS frame (ISO/IEC 13818-7, 6.2) at ``place``; 0 if there is none."""
    if len(data) < place + _ADTS_HEADER or data[place] != _SYNC or data[place + 1] & 0xF6 ^ 0xF0:
        return 0
    rate = data[place + 2] >> 2 & 0xF
    length = (data[place + 3] & 3) << 11 | data[place + 4] << 3 | data[place + 5] >> 5
    return length if rate < 13 and length > _ADTS_HEADER else 0  # noqa: PLR2004 - thirteen rates are defined


def mp3_length(data: bytes, place: int) -> int:
    """Return the length of the MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3) at ``place``; 0 if there is none."""
    if len(data) < place + 4 or data[place] != _SYNC or ~data[place + 1] & 0xE0:
        return 0
    version, layer = data[place + 1] >> 3 & 3, 4 - (data[place + 1] >> 1 & 3)
    kbps, rate, padding = data[place + 2] >> 4, data[place + 2] >> 2 & 3, data[place + 2] >> 1 & 1
    if version == 1 or layer == 4 or kbps in {0, 15} or rate == 3:  # noqa: PLR2004 - reserved values
        return 0
    bits = _MP3_KBPS[(1 if version == 3 else 2, layer)][kbps - 1] * 1000  # noqa: PLR2004 - 3 is MPEG 1
    hertz = _MP3_RATES[version][rate]
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    samples = 72 if layer == 3 and version != 3 else 144  # noqa: PLR2004 - the same
    return samples * bits // hertz + padding


def _header_behind(data: bytes, length: Callable[[bytes, int], int], boundary: int) -> bool:
    start = _chain(data, length)
    while start is not None and start < boundary and (step := length(data, start)):
        start += step
    return start is not None and boundary <= start < len(data) and length(data, start) > 0


def _chain(data: bytes, length: Callable[[bytes, int], int]) -> int | None:
    """Return the first place from which frames follow each other to the end."""
    for start in _places(data, b"\xff"):
        place, frames = start, 0
        while (step := length(data, place)) > 0:
            place += step
            frames += 1
        if frames >= ENOUGH_FRAMES and place > len(data) - _ADTS_HEADER:
            return start
    return None


def _places(data: bytes, mark: bytes) -> Iterator[int]:
    place = data.find(mark)
    while place >= 0:
        yield place
        place = data.find(mark, place + 1)
