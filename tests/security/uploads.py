"""Who sends what, for the tests of uploads: every door that takes a file, by one verb each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.people.avatars import set_avatar
from catalog.music.services import take_in_track
from catalog.visuals.services import take_in
from config.lib.uploads import on_disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from accounts.people.models import User
    from config.lib.places import Places


def send_loop(person: User, name: str, body: bytes) -> Any:
    """Take a video in."""
    with on_disk(SimpleUploadedFile("x", body)) as path:
        return take_in(path=path, original_name=name, uploaded_by=person)


def send_track(person: User, name: str, body: bytes) -> Any:
    """Take a recording in."""
    with on_disk(SimpleUploadedFile("x", body)) as path:
        return take_in_track(path=path, original_name=name, uploaded_by=person)


def send_avatar(person: User, name: str, body: bytes) -> Any:
    """Take a picture of a person in."""
    file = SimpleUploadedFile("x", body)
    file._name = name  # type: ignore[attr-defined]  # as a browser says it, before Django takes the last part
    return set_avatar(person=person, file=file)


DOORS: dict[str, Callable[[User, str, bytes], Any]] = {"loop": send_loop, "track": send_track, "avatar": send_avatar}


def kept(places: Places) -> list[Path]:
    """Everything that was stored or left lying about."""
    return sorted(p for root in (places.media, places.cache) for p in root.rglob("*") if p.is_file())


def api_of(person: User) -> APIClient:
    """A program of a person that may do what they may."""
    client = APIClient()
    client.force_authenticate(person)
    return client
