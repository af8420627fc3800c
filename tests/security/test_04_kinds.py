"""Control 4: what a file is, is told by what is in it; what it is called, or says of itself, is not looked at."""

from __future__ import annotations

import io
import zipfile

import pytest

from catalog.models import Loop, Track
from config.lib.problem import LongwaveError
from tests.accounts.people.conftest import picture
from tests.catalog.films import film
from tests.catalog.recordings import recording
from tests.security.uploads import DOORS, kept

pytestmark = pytest.mark.django_db
SCRIPT = b"<script>alert(1)</script>"
HTML = b"<!doctype html><html>" + SCRIPT + b"</html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><image href='file:///etc/passwd'/></svg>"
M3U8 = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n"


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.mp4", b"x" * 1000)
    return out.getvalue()


BAD = {
    "html": HTML,
    "svg": SVG,
    "m3u8": M3U8,
    "ffconcat": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "zip": zipped(),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(500),
    "php": b"<?php system($_GET['c']); ?>",
    "html behind a PNG's mark": b"\x89PNG\r\n\x1a\n" + HTML,
    "html behind a JPEG's mark": b"\xff\xd8\xff\xe0" + HTML,
    "html behind an MP4's mark": b"\x00\x00\x00\x18ftypisom" + HTML,
    "html behind an MP3's mark": b"ID3\x04\x00\x00\x00\x00\x00\x00" + HTML,
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["innocent.mp4", "innocent.png"])
def test_what_is_not_of_its_kind_is_refused_and_nothing_stays(cast, places, door, body, name):
    with pytest.raises(LongwaveError) as caught:
        DOORS[door](cast["editor"], name, body)
    assert (caught.value.status, caught.value.field) == (422, "file")
    assert not Loop.objects.exists()
    assert not Track.objects.exists()
    assert kept(places) == []


@pytest.mark.parametrize(
    ("door", "kind"), [("loop", "track"), ("loop", "avatar"), ("track", "avatar"), ("avatar", "loop")]
)
def test_a_good_file_of_another_kind_is_refused_too(cast, places, tmp_path, door, kind):
    bodies = {
        "loop": film(tmp_path / "a.mp4", frames=10, size=(64, 36)).read_bytes(),
        "track": recording(tmp_path / "a.mp3", "libmp3lame", seconds=1).read_bytes(),
        "avatar": picture("PNG"),
    }
    with pytest.raises(LongwaveError):
        DOORS[door](cast["editor"], "a.mp4", bodies[kind])
    assert kept(places) == []


def test_of_a_picture_that_is_also_a_page_only_the_picture_stays(cast, places):
    DOORS["avatar"](cast["editor"], "both.html", picture("JPEG", comment=SCRIPT) + HTML)
    (found,) = kept(places)
    assert SCRIPT not in found.read_bytes()
