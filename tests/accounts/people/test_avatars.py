"""Pictures of people are kept anew, small, upright, without what a camera wrote into them."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.audit.models import SecurityEvent
from accounts.people.avatars import MOST_BYTES, remove_avatar, set_avatar
from accounts.people.errors import AvatarRefusedError, AvatarTooLargeError
from accounts.people.models import Profile
from tests.accounts.people.conftest import kept, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
ORIENTATION, GPS, LATITUDE = 0x0112, 0x8825, 2


def sent(body, name="me.jpg"):
    return SimpleUploadedFile(name, body)


def stored(places):
    with Image.open(io.BytesIO(kept(places)[0].read_bytes())) as found:
        found.load()
        return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_a_small_square_under_a_name_of_ours(person, places, kind):
    profile = set_avatar(person=person, file=sent(picture(kind), name="../../etc/passwd"))

    found = stored(places)
    assert (found.format, found.size) == ("WEBP", (512, 512))
    assert str(profile.avatar.name).startswith("avatars/")
    assert "passwd" not in str(profile.avatar.name)


def test_where_it_was_taken_is_gone(person, places):
    told = Image.Exif()
    told.get_ifd(GPS)[LATITUDE] = (6.0, 12.0, 0.0)
    body = picture("JPEG", exif=told)
    assert Image.open(io.BytesIO(body)).getexif().get_ifd(GPS)

    set_avatar(person=person, file=sent(body))

    assert not stored(places).getexif()
    assert b"Exif" not in kept(places)[0].read_bytes()


def test_a_picture_held_sideways_stands_upright(person, places):
    told = Image.Exif()
    told[ORIENTATION] = 6  # its left side is to be on top

    set_avatar(person=person, file=sent(picture("JPEG", size=(600, 600), exif=told)))

    top = stored(places).convert("RGB").getpixel((256, 20))
    assert top[2] > 180
    assert top[0] < 80


def test_a_new_picture_takes_the_place_of_the_old_one(person, places, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(person=person, file=sent(picture()))
        first = kept(places)
        set_avatar(person=person, file=sent(picture("PNG")))
    assert len(kept(places)) == 1
    assert kept(places) != first


def test_a_picture_can_be_taken_away(person, places, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(person=person, file=sent(picture()))
        remove_avatar(person=person)
    assert kept(places) == []
    assert Profile.objects.get(person=person).avatar.name == ""
    assert list(SecurityEvent.objects.values_list("kind", flat=True)) == ["avatar_removed", "avatar_changed"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no JPEG, PNG or WebP"),
        (picture("GIF"), "no JPEG, PNG or WebP"),
        (picture("PNG")[:400], "damaged"),
        (b"\xff\xd8\xff" + b"<script>alert(1)</script>" * 40, "damaged"),
        (picture("PNG", size=(8, 8)), "too few"),
    ],
    ids=["empty", "svg", "gif", "cut", "html as jpeg", "tiny"],
)
def test_what_is_no_picture_is_refused_and_nothing_stays(person, places, body, said):
    with pytest.raises(AvatarRefusedError, match=said) as caught:
        set_avatar(person=person, file=sent(body))
    assert caught.value.field == "file"
    assert kept(places) == []
    assert not Profile.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_decoded(person, places):
    with pytest.raises(AvatarTooLargeError, match="10 MiB") as caught:
        set_avatar(person=person, file=sent(picture() + bytes(MOST_BYTES)))
    assert caught.value.status == 413
    assert kept(places) == []
