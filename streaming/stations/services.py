"""The verbs of stations: make one, put it on air, take it off, fill its playlist."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import EncodingProfile, Track
from catalog.visuals.profiles import USUAL
from config.lib.notify import notify
from streaming.nodes.models import Encoder
from streaming.stations import checks
from streaming.stations.errors import StationInvalidError
from streaming.stations.models import WEBHOOK_SECRET, PlaylistEntry, Station
from streaming.stations.ordering import put_in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

SECRET_BYTES = 24
EDITABLE = (
    "name",
    "description",
    "source_kind",
    "audio_url",
    "metadata_url",
    "shortcode",
    "shuffle",
    "profile",
    "default_loop",
    *checks.PLAYOUT,
    "updated_at",
)


@transaction.atomic
def create_station(
    *,
    slug: str,
    name: str,
    source_kind: str,
    audio_url: str = "",
    metadata_url: str = "",
    secret: str = "",
    profile: str = USUAL,
    shortcode: str = "",
) -> Station:
    """Create a station and its encoder's row; it is not put on air yet.

    ``metadata_url`` may be empty: then nothing is polled. ``shortcode`` is taken from an AzuraCast
    ``metadata_url`` when not given. ``secret`` is the webhook's; only a keyed digest of it is kept.

    Raises:
        StationInvalidError: ``field`` names what is wrong.

    """
    station = Station(
        slug=checks.slug(slug),
        name=checks.name(name),
        source_kind=_source_kind(source_kind),
        audio_url=checks.http_url(audio_url, field="audio_url"),
        metadata_url=checks.http_url(metadata_url, field="metadata_url"),
        profile=_profile(profile),
    )
    station.shortcode = checks.shortcode(shortcode) or _own_shortcode(station)
    _check_source(station)
    if secret:
        station.set_webhook_secret(secret)
    _save(station, force_insert=True)
    Encoder.objects.create(station=station, state_since=timezone.now())
    notify(station=str(station.pk), what="control")
    return station


@transaction.atomic
def start_station(*, station: Station) -> None:
    """Want the station on air; an encoder that had given up gets a new chance."""
    row = Station.objects.select_for_update().get(pk=station.pk)
    row.wanted_on_air = True
    if Encoder.objects.filter(station=row, state=Encoder.State.FAILED).exists():
        row.restart_wanted_at = timezone.now()
    row.save(update_fields=["wanted_on_air", "restart_wanted_at", "updated_at"])
    station.wanted_on_air = True
    notify(station=str(row.pk), what="control")


@transaction.atomic
def stop_station(*, station: Station) -> None:
    """Want the station off air; its node ends the encoder cleanly."""
    Station.objects.filter(pk=station.pk).update(
        wanted_on_air=False,
        restart_wanted_at=None,
        updated_at=timezone.now(),
    )
    station.wanted_on_air = False
    notify(station=str(station.pk), what="control")


@transaction.atomic
def restart_station(*, station: Station) -> None:
    """Have the encoder ended and started anew; puts a stopped station on air."""
    now = timezone.now()
    Station.objects.filter(pk=station.pk).update(wanted_on_air=True, restart_wanted_at=now, updated_at=now)
    station.wanted_on_air = True
    notify(station=str(station.pk), what="control")


@transaction.atomic
def set_playlist(*, station: Station, tracks: Sequence[Track]) -> None:
    """Make ``tracks`` the station's playlist, in this order; a track may stand in it more than once.

    Entries that stay keep their rows, so that the track on air goes on.
    """
    put_in_order(PlaylistEntry, station=station, tracks=tracks)


@transaction.atomic
def renew_secret(*, station: Station, overlap: timedelta = timedelta()) -> str:
    """Give the station a new webhook secret and return it, this once.

    The present one is taken for ``overlap`` more (nothing to 30 days), so that AzuraCast can be told meanwhile without
    a report being refused; one before that is taken no more.

    Raises:
        StationInvalidError: the overlap is none.

    """
    overlap = checks.overlap(overlap)
    secret = make_secret()
    row = Station.objects.select_for_update().get(pk=station.pk)
    row.set_webhook_secret(secret, before_until=timezone.now() + overlap if overlap and row.webhook_digest else None)
    row.save(update_fields=[*WEBHOOK_SECRET, "updated_at"])
    for field in WEBHOOK_SECRET:
        setattr(station, field, getattr(row, field))
    return secret


@transaction.atomic
def save_station(*, station: Station) -> Station:
    """Check and keep what an editor changed on this instance; slug, wanted state and webhook secret stay as they are.

    Raises:
        StationInvalidError: ``field`` names what is wrong.

    """
    station.name = checks.name(station.name)
    station.source_kind = _source_kind(station.source_kind)
    station.audio_url = checks.http_url(station.audio_url, field="audio_url")
    station.metadata_url = checks.http_url(station.metadata_url, field="metadata_url")
    station.shortcode = checks.shortcode(station.shortcode)
    checks.playout(station)
    _check_source(station)
    _save(station, update_fields=EDITABLE)
    notify(station=str(station.pk), what="control")
    return station


def make_secret() -> str:
    """Return a new webhook secret, 192 bits, safe in headers."""
    return secrets.token_urlsafe(SECRET_BYTES)


def _source_kind(value: str) -> str:
    if value not in Station.SourceKind.values:
        kinds = ", ".join(Station.SourceKind.values)
        raise StationInvalidError(f"The source {value[:40]!r} is not known: take one of {kinds}.", field="source_kind")
    return value


def _profile(name: str) -> EncodingProfile:
    found = EncodingProfile.objects.filter(name=name).first()
    if found is None:
        names = ", ".join(EncodingProfile.objects.values_list("name", flat=True))
        raise StationInvalidError(f"There is no profile {name[:40]!r}: take one of {names}.", field="profile")
    return found


def _check_source(station: Station) -> None:
    if station.source_kind == Station.SourceKind.ICECAST and not station.audio_url:
        raise StationInvalidError(
            "An Icecast station needs its stream: give the URL a player opens, "
            "for example https://radio.example/live.mp3.",
            field="audio_url",
        )


def _own_shortcode(station: Station) -> str:
    """Return the short name to expect in webhooks that do not name a station; the slug unless it is taken."""
    if station.source_kind != Station.SourceKind.AZURACAST:
        return ""
    found = checks.shortcode_in(station.metadata_url) or station.slug
    return "" if Station.objects.filter(shortcode=found).exists() else found


def _save(station: Station, *, force_insert: bool = False, update_fields: Sequence[str] | None = None) -> None:
    try:
        with transaction.atomic():
            station.save(force_insert=force_insert, update_fields=update_fields)
    except IntegrityError as error:
        if "shortcode" in str(error):
            raise StationInvalidError(
                f"Another station has the short name {station.shortcode!r} already; one AzuraCast station feeds one.",
                field="shortcode",
            ) from error
        raise StationInvalidError(
            f"There is a station {station.slug!r} already: take another slug.",
            field="slug",
        ) from error
