"""Rows for tests, with as much in them as a test needs and no more. Anyone may append."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.keys.api_keys import make_key
from accounts.keys.models import ApiKey
from accounts.people.models import User
from accounts.signin.addresses import vouch_for_address
from catalog.licences.models import Licence
from catalog.visuals.content_key import content_key
from catalog.visuals.models import EncodingProfile, Loop, Rendition
from streaming.asrun.models import Airing
from streaming.cues.models import TrackMapping
from streaming.nodes.models import Encoder, EncoderRun
from streaming.outputs.models import Recording
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.test import Client

Browser = TypeVar("Browser", bound="Client")


@cache
def _hashed() -> str:
    """The password's hash, reckoned once: it is made to cost a tenth of a second."""
    return make_password("correct horse battery")


def make_user(email: str = "listener@example.org", *, confirmed: bool = True, **fields: Any) -> User:
    """A person who may sign in with the password 'correct horse battery'."""
    person = User.objects.create_user(email=email, **fields)
    person.password = _hashed()
    person.save(update_fields=["password"])
    if confirmed:
        vouch_for_address(person=person)
    return person


def enter(client: Browser, person: User) -> Browser:
    """Sign a test's client in as somebody who gave a second factor; return the client."""
    own = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    own = own or TOTP.activate(person, generate_totp_secret()).instance
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "id": own.pk, "type": own.type}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def make_profile(name: str = "720p30") -> EncodingProfile:
    """The profile of the smallest stations."""
    shape = {"width": 1280, "height": 720, "frame_rate": 30, "video_kbps": 3000, "gop_frames": 60, "level": "3.1"}
    return EncodingProfile.objects.get_or_create(name=name, defaults=shape)[0]


def make_station(slug: str = "night-fm", *, state: str = Encoder.State.STOPPED, **fields: Any) -> Station:
    """A station and its encoder's row."""
    fields = {"name": slug.replace("-", " ").title(), "source_kind": Station.SourceKind.PLAYLIST, **fields}
    station = Station.objects.create(slug=slug, profile=fields.pop("profile", None) or make_profile(), **fields)
    Encoder.objects.create(station=station, state=state, state_since=timezone.now())
    return station


def make_loop(name: str = "Rain on glass", *, thumbnail: bytes = b"", **fields: Any) -> Loop:
    """A loop that passed its checks; ``thumbnail`` is a JPEG's bytes."""
    fields = {"sha256": uuid.uuid4().hex * 2, "size": 1000, "status": Loop.Status.READY, "duration_ms": 4000, **fields}
    loop = Loop(name=name, **fields)
    if thumbnail:
        loop.thumbnail.save(f"{loop.pk}.jpg", ContentFile(thumbnail), save=False)
    loop.save()
    return loop


def make_airing(station: Station, title: str = "Blue", *, minutes_ago: float = 0, **fields: Any) -> Airing:
    """A track that went out; each in a run of its own unless ``run`` is given."""
    fields = {"artist": "Ana", "track_key": f"ana - {title.lower()}", "sequence": 1, "frame": 0, **fields}
    run = fields.pop("run", None) or EncoderRun.objects.create(station=station)
    started_at = timezone.now() - timedelta(minutes=minutes_ago)
    return Airing.objects.create(station=station, run=run, title=title, started_at=started_at, **fields)


def make_mapping(station: Station, loop: Loop, track_key: str = "ana - blue", **fields: Any) -> TrackMapping:
    """A track and its loop."""
    return TrackMapping.objects.create(station=station, loop=loop, track_key=track_key, **fields)


def make_rendition(loop: Loop, profile: EncodingProfile | None = None, **fields: Any) -> Rendition:
    """A loop compiled to a profile, with a file that no decoder has to like."""
    content = fields.pop("content", b"compiled")
    profile = profile or make_profile()
    fields = {"content_key": content_key(loop, profile), "status": Rendition.Status.READY, "progress": 100, **fields}
    rendition = Rendition(loop=loop, profile=profile, size=len(content), **fields)
    rendition.file.save(f"{rendition.pk}.mp4", ContentFile(content), save=False)
    rendition.save()
    return rendition


def make_slate(profile: EncodingProfile | None = None, **fields: Any) -> Rendition:
    """The slate, so that nothing has to draw and compile it."""
    loop = Loop.objects.filter(builtin="slate").first() or make_loop("Slate", builtin="slate")
    return make_rendition(loop, profile, **fields)


def make_recording(station: Station, **fields: Any) -> Recording:
    """A finished file of a recording; none lies on the disk unless ``path`` names one."""
    run = fields.pop("run", None) or EncoderRun.objects.create(station=station)
    fields = {"sequence": 1, "path": "", "stored_name": "", "seconds": 60.0, "bytes": 1000, **fields}
    return Recording.objects.create(station=station, run=run, **{"started_at": timezone.now(), **fields})


def make_api_key(person: User, **fields: Any) -> tuple[ApiKey, str]:
    """A key that may do all that its person may, unless ``actions`` and ``stations`` say less; and its text."""
    return make_key(person=person, **{"name": "Studio", "actions": ["write"], **fields})


def make_licence(name: str = "Stock pack", **fields: Any) -> Licence:
    """A licence in force without an end."""
    return Licence.objects.create(**{"name": name, "owner": "A library", "kind": "stock", **fields})
