"""Control 6: whatever people sent is given back as what we made of it, and no browser runs or guesses anything."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Track
from tests.accounts.people.conftest import picture
from tests.factories import enter, make_loop, make_rendition, make_user
from tests.security.uploads import send_avatar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
TYPES = {"image/webp", "image/jpeg", "image/png", "video/mp4", "audio/mpeg"}
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def doors(cast, client):
    """Where files that people sent are given back; behind each lie bytes that would be a page if they could."""
    owner = make_user("owner@example.org", is_superuser=True, is_staff=True)
    enter(client, owner)
    loop = make_loop(thumbnail=HTML)
    rendition = make_rendition(loop, content=HTML)
    track = Track(artist="Ana", title="Blue", sha256="0" * 64, codec="mp3", duration_ms=1, size=len(HTML))
    track.file.save("tracks/x.mp3", ContentFile(HTML))
    send_avatar(owner, "me.html", picture())
    return {
        "loop": f"/admin/catalog/loop/{loop.pk}/thumbnail/",
        "rendition": f"/admin/catalog/rendition/{rendition.pk}/video/",
        "track": f"/admin/catalog/track/{track.pk}/sound/",
        "avatar": "/account/picture/",
        "avatar in the console": f"/admin/accounts/user/{owner.pk}/picture/",
        "avatar by the API": "/api/v1/me/avatar/",
    }


@pytest.mark.parametrize("door", ["loop", "rendition", "track", "avatar", "avatar in the console", "avatar by the API"])
def test_no_browser_takes_it_for_a_page(client, doors, door):
    answer = client.get(doors[door])
    assert answer.status_code in {200, 206}
    assert answer.headers["Content-Type"] in TYPES
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "sandbox" in policy or "default-src 'self'" in policy


def test_what_people_sent_of_themselves_is_shut_in(client, doors):
    for door in ("avatar", "avatar in the console", "avatar by the API"):
        headers = client.get(doors[door]).headers
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["Content-Disposition"] == 'inline; filename="picture.webp"'
        assert headers["Cache-Control"].startswith("private")


def test_the_storage_itself_has_no_address(client, doors, settings):
    name = Track.objects.get().file.name
    assert client.get(f"{settings.MEDIA_URL}{name}").status_code == 404
    assert client.get(f"/media/{name}").status_code == 404


def test_a_page_that_is_sent_never_becomes_a_file(client, doors):
    sent = {"file": SimpleUploadedFile("me.png", HTML, content_type="image/png")}
    assert client.post("/account/picture/", sent).status_code == 422
