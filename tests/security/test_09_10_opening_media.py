"""Controls 9 and 10: what opens a file from outside is given a handle, and tries named containers and codecs alone."""

from __future__ import annotations

import ast
import io
import os
from pathlib import Path

import av
import pytest
from av import AudioFrame, VideoFrame
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from catalog.media.inside.job import RefusedError
from catalog.visuals.inside.reading import LoopReader
from streaming.playout.errors import SourceError
from streaming.playout.sources.decode import decode
from tests.catalog.films import film
from tests.security.reading import calls, modules

# Each place that opens media, and what it opens.
OPENED = {
    "catalog/media/inside/opening.py": "'fd:'",
    "catalog/visuals/inside/cover.py": "'fd:'",
    "catalog/visuals/inside/encoder.py": "Output(handle)",
    "catalog/visuals/inside/seam.py": "f'file:{self._path}'",
    "streaming/playout/sources/radio.py": "flow",
    "streaming/playout/sources/playlist.py": "f'file:{entry.path}'",
    "streaming/playout/picture.py": "f'file:{spec.path}'",
}
# Paths that we made; nothing a person typed is in them.
WRITTEN = {
    "catalog/visuals/video_writer.py",
    "catalog/music/demo.py",
    "streaming/playout/outputs/hls.py",
    "streaming/playout/outputs/mpegts.py",
    "streaming/playout/outputs/mp4.py",
}
TRAPS = {
    "playlist.mp4": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "list.mp4": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "session.mp4": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n",
    "manifest.mp4": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "picture.mp4": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
}


def test_every_place_that_opens_media_is_known_and_gives_a_handle_or_a_prefixed_path():
    found: dict[str, set[str]] = {}
    for path, tree in modules():
        opened = {ast.unparse(call.args[0]) for name, call in calls(tree) if name == "av.open"}
        if opened:
            found[str(path)] = opened
    assert set(found) == set(OPENED) | WRITTEN
    for place, what in OPENED.items():
        assert what in found[place], (place, found[place])


def test_no_code_of_ours_runs_ffmpeg():
    for path, tree in modules():
        words = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not {"ffmpeg", "ffprobe", "-i", "-protocol_whitelist"} & words, path


@pytest.mark.parametrize("name", TRAPS)
def test_what_points_elsewhere_is_not_opened(tmp_path: Path, name: str):
    file = tmp_path / name
    file.write_bytes(TRAPS[name])
    with pytest.raises(RefusedError):
        opened(file)


def test_a_film_of_a_codec_that_is_not_on_the_list_is_not_decoded(tmp_path: Path):
    file = tmp_path / "pixels.mov"
    with av.open(str(file), "w", format="mov") as container:
        stream = container.add_stream("magicyuv", rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv444p"
        for packet in (*stream.encode(VideoFrame(64, 64, "yuv444p")), *stream.encode(None)):
            container.mux(packet)
    with av.open(str(file)) as container:
        assert next(container.decode(video=0)).width == 64, "without our lists it decodes"
    with pytest.raises(RefusedError, match="coded as magicyuv"):
        opened(file)


def test_sound_of_a_codec_that_is_not_on_the_list_is_not_decoded():
    wav = io.BytesIO()
    with av.open(wav, "w", format="wav") as container:
        stream = container.add_stream("adpcm_ms", rate=48_000, layout="mono")
        assert isinstance(stream, AudioStream)
        frame = AudioFrame("s16", "mono", 2000)
        frame.sample_rate = 48_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    wav.seek(0)
    with av.open(wav, "r") as container, pytest.raises(SourceError, match="coded as adpcm_ms"):
        next(decode(container))


def test_an_ordinary_film_is_opened(tmp_path: Path):
    assert opened(film(tmp_path / "film.mp4")) > 0


def opened(file: Path) -> int:
    """Open as uploads are, decode the first picture, return its width."""
    handle = os.open(file, os.O_RDONLY)
    try:
        with LoopReader(handle) as reader:
            return next(reader.pictures()).frame.width
    finally:
        os.close(handle)
