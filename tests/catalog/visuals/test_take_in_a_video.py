"""Taking in videos that we play."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PIL import Image

from catalog.visuals.models import Loop
from catalog.visuals.services import take_in
from tests.catalog.conftest import kept_files
from tests.catalog.films import film
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

GOOD = {
    "H.264 in MP4": ("a.mp4", {}, ("mp4", "h264", 320, 180, 30.0, 1000)),
    "H.264 in MOV": ("a.mov", {}, ("mov", "h264", 320, 180, 30.0, 1000)),
    "H.264 in MKV": ("a.mkv", {}, ("mkv", "h264", 320, 180, 30.0, 1000)),
    "H.264 with sound": ("a.mp4", {"sound": True}, ("mp4", "h264", 320, 180, 30.0, 1000)),
    "H.264 in fragments": (
        "a.mp4",
        {"container": {"movflags": "frag_keyframe+empty_moov"}},
        ("mp4", "h264", 320, 180, 30.0, 1000),
    ),
    "HEVC in MP4": ("a.mp4", {"codec": "libx265"}, ("mp4", "hevc", 320, 180, 30.0, 1000)),
    "HEVC of ten bits": (
        "a.mkv",
        {"codec": "libx265", "pixels": "yuv420p10le"},
        ("mkv", "hevc", 320, 180, 30.0, 1000),
    ),
    "VP9 in WebM": ("a.webm", {"codec": "libvpx-vp9"}, ("webm", "vp9", 320, 180, 30.0, 1000)),
    "AV1 in MP4": ("a.mp4", {"codec": "libsvtav1"}, ("mp4", "av1", 320, 180, 30.0, 1000)),
    "AV1 in WebM": ("a.webm", {"codec": "libsvtav1"}, ("webm", "av1", 320, 180, 30.0, 1000)),
    "24 frames a second": ("a.mp4", {"rate": 24, "frames": 24}, ("mp4", "h264", 320, 180, 24.0, 1000)),
    "29.97 frames a second": (
        "a.mp4",
        {"rate": Fraction(30000, 1001), "frames": 30},
        ("mp4", "h264", 320, 180, 29.97, 1001),
    ),
    "60 frames a second": ("a.mp4", {"rate": 60, "frames": 60}, ("mp4", "h264", 320, 180, 60.0, 1000)),
    "1.1 seconds": ("a.mp4", {"frames": 33}, ("mp4", "h264", 320, 180, 30.0, 1100)),
    "a single picture": ("a.mp4", {"frames": 1}, ("mp4", "h264", 320, 180, 30.0, 33)),
    "odd size": ("a.mp4", {"size": (321, 181), "pixels": "yuv444p"}, ("mp4", "h264", 321, 181, 30.0, 1000)),
    "turned by a quarter": ("a.mp4", {"rotation": 90}, ("mp4", "h264", 180, 320, 30.0, 1000)),
    "turned upside down": ("a.mov", {"rotation": 180}, ("mov", "h264", 320, 180, 30.0, 1000)),
    "wide pixels": (
        "a.mp4",
        {"size": (240, 180), "aspect": Fraction(4, 3)},
        ("mp4", "h264", 320, 180, 30.0, 1000),
    ),
    "variable rate": (
        "a.mkv",
        {"frames": 5, "times": [0, 40, 200, 500, 960]},
        ("mkv", "h264", 320, 180, None, None),
    ),
}


@pytest.mark.parametrize(("name", "how", "expected"), GOOD.values(), ids=GOOD)
def test_what_people_send_comes_in_as_what_it_is(tmp_path, name, how, expected):
    loop = take_in(path=film(tmp_path / name, **how), original_name=name)
    found = (loop.container, loop.codec, loop.width, loop.height, loop.frame_rate, loop.duration_ms)
    for got, wanted in zip(found, expected, strict=True):
        assert wanted is None or got == pytest.approx(wanted, abs=1)
    assert loop.status == Loop.Status.READY


def test_the_stored_bytes_are_the_sent_ones_under_a_name_of_ours(tmp_path, places):
    source = film(tmp_path / "My *best* loop.mp4")
    loop = take_in(path=source, original_name="My *best* loop.mp4", tags=["Rain", " rain", "Night  sky"])
    stored = places.media / loop.file.name
    assert stored.read_bytes() == source.read_bytes()
    assert stored.name == f"{loop.pk}.mp4"
    assert (loop.name, loop.original_name) == ("My *best* loop", "My *best* loop.mp4")
    assert loop.tags == ["night sky", "rain"]
    assert stored.stat().st_mode & 0o077 == 0


def test_the_thumbnail_shows_a_picture_that_shows_something(tmp_path, places):
    # The first picture is number 0: all bars black. A later one must be chosen.
    loop = take_in(path=film(tmp_path / "a.mp4", frames=60), original_name="a.mp4")
    with Image.open(places.media / loop.thumbnail.name) as thumbnail:
        assert thumbnail.format == "WEBP"
        assert thumbnail.size == (640, 360)
        assert thumbnail.convert("L").histogram()[200:] != [0] * 56


def test_the_same_bytes_sent_twice_are_one_loop(tmp_path, places):
    source = film(tmp_path / "a.mp4")
    first = take_in(path=source, original_name="a.mp4", name="First", uploaded_by=make_user())
    before = kept_files(places)
    second = take_in(path=source, original_name="b.mp4", name="Second")
    assert second.pk == first.pk
    assert Loop.objects.get().name == "First"
    assert kept_files(places) == before


@pytest.mark.parametrize(
    ("sent_name", "shown"),
    [
        ("concat:a|b", "concat:a|b"),
        ("-loglevel", "-loglevel"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.mp4", "x.mp4"),
        ("%2e%2e/x.mp4", "x.mp4"),
        ("a\0b.mp4", "ab.mp4"),
        ("http://127.0.0.1/x.mp4", "x.mp4"),
        ("\u202egpm.4pm\n\r\t.mp4", "gpm.4pm.mp4"),
        ("$(touch /tmp/p).mp4", "p).mp4"),
        ("n" * 300, "n" * 255),
        ("", ""),
    ],
)
def test_whatever_the_file_is_called_the_name_is_only_text(tmp_path, places, sent_name, shown):
    loop = take_in(path=film(tmp_path / "a.mp4", frames=3), original_name=sent_name)
    loop.refresh_from_db()
    assert loop.original_name == shown
    assert loop.name
    assert sorted(path.parent.name for path in kept_files(places)) == ["loops", "thumbnails"]
    assert all(str(loop.pk) in path.name for path in kept_files(places))
