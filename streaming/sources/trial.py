"""Tries a source as an operator would: is there sound, and does it say what plays."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.utils import timezone

from config.lib import http
from streaming.sources.errors import NoAnswerError
from streaming.sources.readers import reader_for
from streaming.sources.sound_format import SoundFormat, sound_format

if TYPE_CHECKING:
    import httpx2

    from streaming.stations.models import Station

HEAD_BYTES = 32 * 1024
LISTEN = 1.5  # seconds
ANSWER = 5.0
REDIRECTS = 3
NOT_SOUND = {
    b"#EXTM3U": "is a playlist (M3U or HLS), not the sound itself. Enter the address that stands in it.",
    b"[playlist]": "is a playlist (PLS), not the sound itself. Enter the address that stands in it.",
    b"<": "is a web page, not the sound itself. Enter the stream's own address, often ending in .mp3 or /stream.",
}


def try_sound(url: str) -> str:
    """Listen for a moment and say what is heard, e.g. "192 kbit/s MP3, 44.1 kHz stereo, titles in the stream".

    Raises:
        LongwaveError: there is no sound; the sentence says why and what to do.

    """
    for _ in range(REDIRECTS + 1):
        with http.opened(url, headers={"Icy-MetaData": "1"}, seconds=ANSWER) as response:
            if "location" not in response.headers:
                return _heard(url, response)
            url = urljoin(url, response.headers["location"])
    raise NoAnswerError(f"The sound's address sends on more than {REDIRECTS} times. Enter the last address.")


def try_now_playing(station: Station) -> str:
    """Read what plays and say it; without an address, say what that means.

    Raises:
        LongwaveError: it cannot be read; the sentence says why and what to do.

    """
    reader = reader_for(station)
    if reader is None:
        return "No now-playing address is set."
    report = reader.now(reader.ask().body, received=timezone.now())
    if report is None:
        return "The now-playing address says that nothing plays."
    return f"Now playing: {' - '.join(filter(None, [report.artist, report.title]))}."


def _heard(url: str, response: httpx2.Response) -> str:
    if response.status_code != 200:  # noqa: PLR2004 - HTTP's number
        raise NoAnswerError(
            f"The sound's address answers {response.status_code}. Check it, and that the radio is on air.",
        )
    found = _recognised(url, _head(response))
    titles = "titles in the stream" if response.headers.get("icy-metaint") else "no titles in the stream"
    return f"{found}, {titles}."


def _recognised(url: str, head: bytes) -> SoundFormat:
    for start, what in NOT_SOUND.items():
        if head.lstrip().lower().startswith(start.lower()):
            raise NoAnswerError(f"{url} {what}")
    found = sound_format(head)
    if found is None:
        what = "sends no sound" if not head else "sends something that is neither MP3, AAC, Ogg nor FLAC"
        raise NoAnswerError(f"{url} {what}. Check the address, and that the radio is on air.")
    return found


def _head(response: httpx2.Response) -> bytes:
    head = bytearray()
    until = time.monotonic() + LISTEN
    for piece in response.iter_raw():
        head += piece
        if len(head) >= HEAD_BYTES or time.monotonic() >= until:
            break
    return bytes(head)
