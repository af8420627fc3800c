"""A storage of its own for every test, and a profile small enough to be quick."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery import current_app

from catalog.visuals.models import EncodingProfile
from config.lib.places import Places


@pytest.fixture
def places(tmp_path, settings) -> Places:
    """Folders of this test only."""
    home = Places(tmp_path / "home")
    home.make()
    settings.PLACES = home
    default = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(home.media), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": default}
    return home


@pytest.fixture
def small(db) -> EncodingProfile:
    """A profile that compiles in no time."""
    shape = {"width": 320, "height": 180, "frame_rate": 30, "video_kbps": 400, "gop_frames": 60, "level": "3.1"}
    return EncodingProfile.objects.create(name="small", **shape)


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, list[str]]]:
    """What was handed to Celery instead of its broker: names and arguments of tasks."""
    messages: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: messages.append((name, args)))
    return messages


def kept_files(places: Places) -> list[Path]:
    """Everything that was stored or left lying about."""
    return [p for root in (places.media, places.cache) for p in sorted(root.rglob("*")) if p.is_file()]
