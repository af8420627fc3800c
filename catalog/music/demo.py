"""The three tracks of the demo station, played by ourselves and kept like any upload."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast
from uuid import uuid4

import av
import numpy as np
from av import AudioFrame
from av.audio.stream import AudioStream
from django.core.files.storage import default_storage

from catalog.media.storing import work_folder
from catalog.music import services
from catalog.music.models import Track
from catalog.music.synth.pieces import PIECES, Piece
from catalog.music.synth.sound import RATE, Sound

ARTIST, ALBUM = "Longwave", "Night Programme"
BIT_RATE = 192_000
SAMPLES = 1152
FORMATS = {"flac": "flac", "mp3": "mp3", "m4a": "ipod"}


def demo_tracks(report: Callable[[str], None] = lambda _: None) -> list[Track]:
    """Return the demo tracks, made if they are not there; ``report`` is told each one that is being made."""
    return [_kept(piece) or _made(piece, report) for piece in PIECES]


def _kept(piece: Piece) -> Track | None:
    track = Track.objects.filter(builtin=piece.key).first()
    if track and not default_storage.exists(str(track.file.name)):
        track.delete()
        return None
    return track


def _made(piece: Piece, report: Callable[[str], None]) -> Track:
    report(f"Playing “{piece.title}”")
    path = work_folder() / f"{uuid4()}.{piece.ending}"
    try:
        encode(piece, piece.play(), path)
        return services.take_in_track(path=path, original_name=f"{piece.key}.{piece.ending}", builtin=piece.key)
    finally:
        path.unlink(missing_ok=True)


def encode(piece: Piece, sound: Sound, path: Path) -> None:
    """Write the sound, tagged, in the piece's format."""
    with av.open(str(path.resolve()), "w", format=FORMATS[piece.ending]) as container:
        container.metadata.update({"title": piece.title, "artist": ARTIST, "album": ALBUM})
        stream = cast("AudioStream", container.add_stream(piece.codec, rate=RATE, layout="stereo"))
        if piece.codec != "flac":
            stream.bit_rate = BIT_RATE
        samples = np.clip(np.round(sound * 32767), -32768, 32767).astype(np.int16)
        for start in range(0, len(samples), SAMPLES):
            part = np.ascontiguousarray(samples[start : start + SAMPLES]).reshape(1, -1)
            frame = AudioFrame.from_ndarray(part, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
