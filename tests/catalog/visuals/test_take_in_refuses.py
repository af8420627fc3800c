"""What is refused, in which words, and that nothing of it stays."""

from __future__ import annotations

import random
import resource

import av
import pytest

from catalog.media.errors import MediaTooLargeError, StorageFullError
from catalog.visuals.errors import LoopRefusedError
from catalog.visuals.inside import reading
from catalog.visuals.models import Loop
from catalog.visuals.services import take_in
from tests.catalog.conftest import kept_files
from tests.catalog.films import film

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n"
CONCAT = "ffconcat version 1.0\nfile '/etc/passwd'\n"
DASH = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period/></MPD>'
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"


def refused(path, places) -> str:
    with pytest.raises(LoopRefusedError) as caught:
        take_in(path=path, original_name=path.name)
    assert caught.value.field == "file"
    assert caught.value.status == 422
    assert not Loop.objects.exists()
    assert kept_files(places) == []
    return caught.value.detail


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b"", "empty"),
        (b"Hello, this is no video at all.\n" * 50, "text"),
        (PLAYLIST.encode(), "playlist"),
        (CONCAT.encode(), "playlist"),
        (DASH.encode(), "playlist"),
        (SDP.encode(), "playlist"),
        (b"\xef\xbb\xbf" + PLAYLIST.encode(), "playlist"),
        (b"<html><script>alert(1)</script></html>", "text"),
        (random.Random(1).randbytes(20000), "not a kind of file"),
        (b"\0" * 5000, "not a kind of file"),
    ],
    ids=["empty", "text", "m3u8", "ffconcat", "dash", "sdp", "m3u8 with a mark", "html", "noise", "zeros"],
)
def test_what_is_no_video_is_refused_and_nothing_stays(tmp_path, places, content, because):
    path = tmp_path / "innocent.mp4"
    path.write_bytes(content)
    assert because in refused(path, places)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.mp4", {}),
        ("a.mp4", {"container": {"movflags": "faststart"}}),
        ("a.mp4", {"container": {"movflags": "frag_keyframe+empty_moov"}, "options": {"g": "10"}}),
        ("a.mkv", {}),
        ("a.webm", {"codec": "libvpx-vp9"}),
        ("a.mp4", {"codec": "libsvtav1", "container": {"movflags": "faststart"}}),
        ("a.mp4", {"sound": True, "container": {"movflags": "faststart"}}),
    ],
    ids=["mp4", "faststart", "fragments", "mkv", "webm", "av1", "with sound"],
)
@pytest.mark.parametrize("kept", [0.5, 0.9, 0.99])
def test_a_file_that_was_cut_off_is_refused(tmp_path, places, name, how, kept):
    path = film(tmp_path / name, frames=60, **how)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    detail = refused(path, places)
    assert any(word in detail for word in ("cut off", "damaged", "breaks off"))


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.mkv", "libx264"),
        ("a.mp4", "libx265"),
        ("a.webm", "libvpx-vp9"),
        ("a.mp4", "libsvtav1"),
    ],
)
def test_four_hundred_flipped_bits_past_the_header_are_found(tmp_path, places, name, codec):
    path = film(tmp_path / name, frames=60, codec=codec, size=(640, 360))
    data, dice = bytearray(path.read_bytes()), random.Random(4)
    for _ in range(400):
        data[dice.randrange(1000, len(data) - 1500)] ^= 1 << dice.randrange(8)
    path.write_bytes(data)
    assert "damaged" in refused(path, places)


def test_a_codec_off_the_list_is_refused_by_name(tmp_path, places):
    assert "mpeg4" in refused(film(tmp_path / "a.mp4", codec="mpeg4"), places)


def test_a_container_off_the_list_is_refused_whatever_it_is_called(tmp_path, places):
    path = film(tmp_path / "a.avi").rename(tmp_path / "a.mp4")
    assert "not a kind of file" in refused(path, places)


def test_a_file_without_a_picture_is_refused(tmp_path, places):
    path = tmp_path / "a.mp4"
    film(path, frames=30, sound=True)
    sound_only = tmp_path / "sound.mp4"
    with av.open(str(path)) as source, av.open(str(sound_only), "w") as out:
        track = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = track
                out.mux(packet)
    assert "no video" in refused(sound_only, places)


def test_a_picture_larger_than_any_screen_is_refused(tmp_path, places):
    path = film(tmp_path / "a.mp4", frames=1, size=(reading.LARGEST_SIDE + 2, 64))
    assert "4098×64" in refused(path, places)


def test_a_video_that_lasts_too_long_is_refused(tmp_path, places):
    late = (reading.LONGEST_SECONDS + 1) * 1000
    path = film(tmp_path / "a.mkv", frames=3, times=[0, 1000, late])
    assert "longer than 30 minutes" in refused(path, places)


def test_a_file_larger_than_allowed_is_refused_before_it_is_read(tmp_path, places, settings):
    settings.LOOP_MAX_BYTES = 1024 * 1024
    path = tmp_path / "a.mp4"
    path.write_bytes(bytes(1024 * 1024 + 1))
    with pytest.raises(MediaTooLargeError, match="1 MiB") as caught:
        take_in(path=path, original_name="a.mp4")
    assert caught.value.status == 413
    assert kept_files(places) == []


def test_a_full_disk_is_said_and_leaves_nothing_half_done(tmp_path, places):
    path = film(tmp_path / "a.mp4", frames=60, size=(640, 360))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The system's own way to say "no more room", for this process only.
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2, hard))
    try:
        with pytest.raises(StorageFullError, match="no room") as caught:
            take_in(path=path, original_name="a.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.status == 507
    assert not Loop.objects.exists()
    assert kept_files(places) == []
