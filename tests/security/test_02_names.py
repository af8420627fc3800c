"""Control 2: what is stored has a name of ours; what a sender calls it is text to read, and leads nowhere."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Loop, Track
from tests.accounts.people.conftest import picture
from tests.catalog.films import film
from tests.catalog.recordings import recording
from tests.factories import make_profile
from tests.security.uploads import DOORS, api_of, kept

pytestmark = pytest.mark.django_db
NAMES = [
    "../../x.py",
    "/etc/passwd",
    "..\\..\\windows\\win.ini",
    "%2e%2e/%2e%2e/x.mp4",
    "a\0b.mp4",
    "x" * 300 + ".mp4",
    "concat:a|b",
    "-loglevel",
    "$(touch /tmp/p).mp3",
    "\u202egpj.exe",
]
OURS = re.compile(
    r"(?:loops|tracks|thumbnails|avatars)/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:mp4|mp3|webp)\Z"
)


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """A good file for each door."""
    folder = tmp_path_factory.mktemp("good")
    return {
        "loop": film(folder / "a.mp4", frames=10, size=(64, 36)).read_bytes(),
        "track": recording(folder / "a.mp3", "libmp3lame", seconds=1).read_bytes(),
        "avatar": picture("PNG", size=(64, 64)),
    }


@pytest.mark.parametrize("door", DOORS)
def test_whatever_a_file_is_called_its_name_is_ours(cast, places, bodies, door):
    for name in NAMES:
        DOORS[door](cast["editor"], name, bodies[door])
    for model in (Loop, Track):
        for row in model.objects.all():
            assert "/" not in row.original_name
            assert "\0" not in row.original_name
            assert len(row.original_name) <= 255
    found = [str(path.relative_to(places.media)) for path in kept(places)]
    assert found
    assert [name for name in found if not OURS.match(name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_outside_by_the_api_either(cast, places, bodies, name):
    make_profile()
    before = sorted(places.home.parent.rglob("*"))
    sent = SimpleUploadedFile("x", bodies["loop"])
    sent._name = name  # type: ignore[attr-defined]  # as a browser says it
    answer = api_of(cast["editor"]).post("/api/v1/loops/", {"file": sent}, format="multipart")
    assert answer.status_code in {201, 202, 422}
    made = [path for path in sorted(places.home.parent.rglob("*")) if path not in before and path.is_file()]
    assert [path for path in made if not OURS.match(str(path.relative_to(places.media)))] == []
