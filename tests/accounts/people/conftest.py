"""A person, pictures, and a folder of its own for what is stored."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from config.lib.places import Places
from tests.factories import make_user


@pytest.fixture
def places(tmp_path, settings):
    """Folders of this test only."""
    home = Places(tmp_path / "home")
    home.make()
    settings.PLACES = home
    folder = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(home.media), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": folder}
    return home


@pytest.fixture
def person(db):
    return make_user("ayu@example.org", first_name="Ayu")


def picture(kind="JPEG", size=(900, 600), **options):
    """A drawn picture as a file's bytes, blue at the left and red at the right."""
    drawn = Image.new("RGB", size, (220, 30, 30))
    ImageDraw.Draw(drawn).rectangle((0, 0, size[0] // 2, size[1]), fill=(20, 40, 220))
    out = io.BytesIO()
    drawn.save(out, kind, **options)
    return out.getvalue()


def kept(places):
    """Everything that lies in the storage or was left lying about."""
    return sorted(p for root in (places.media, places.cache) for p in root.rglob("*") if p.is_file())
