"""Says what a station's encoder should be, from the database: picture, sound, ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

from catalog.licences.terms import may_air, why_not
from catalog.media.errors import MediaMissingError
from catalog.music.services import track_path
from catalog.music.track_key import track_key
from catalog.visuals.errors import RenditionNotReadyError
from catalog.visuals.services import rendition_path, slate_rendition
from catalog.visuals.titles.words import Words
from config.lib.vault import SealBrokenError
from streaming.cues.prefetch import entries_ahead
from streaming.cues.services import picture_for
from streaming.ingest.queries import takeover_for
from streaming.nodes.difference import Wanted
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.orders import orders_for
from streaming.playout.addresses import WEB_PORTS
from streaming.stations.models import EmergencyEntry, Station
from streaming.titles.models import TitleDesign

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from catalog.models import EncodingProfile, Rendition
    from streaming.nodes.difference import Json
    from streaming.stations.models import PlaylistEntry

log = structlog.get_logger(__name__)

SAMPLE_RATE = 48_000
CHANNELS = 2
PREVIEW = "preview"


def wanted_for(station: Station) -> tuple[Wanted, list[str]]:
    """Return what is wanted, and a sentence for each thing that had to be left out.

    ``station`` needs its profile loaded; playlist, destinations and pictures are read here.
    """
    profile = station.profile
    coding = profile.coding()
    video = {name: coding.pop(name) for name in ("width", "height", "frame_rate")}
    left_out: list[str] = []
    outputs = outputs_for(station, left_out)
    wanted = Wanted(
        station=station.slug,
        video=video,
        audio={"sample_rate": SAMPLE_RATE, "channels": CHANNELS, "bitrate": profile.audio_kbps * 1000},
        source=source_for(station, left_out),
        outputs=tuple(outputs),
        picture=picture_of(picture_for(station=station, track_key="", song_id="").rendition, profile),
        slate=slate_of(profile),
        coding=coding,
        transition={"kind": station.transition, "ms": station.transition_ms},
        look=look_of(station),
        sound=sound_for(station, left_out),
        takeover=takeover_for(station),
    )
    return wanted, left_out


def look_of(station: Station) -> Json | str:
    """Return what is drawn over the loop while on air: in the title's colour, and never where the title stands."""
    if station.look == Station.Look.LOOP:
        return "loop"
    design = TitleDesign.objects.filter(station=station).first() or TitleDesign(station=station)
    titled_below = design.enabled and design.position.startswith("bottom")
    return {"kind": station.look, "accent": design.accent, "place": "top" if titled_below else "bottom"}


def picture_of(rendition: Rendition | None, profile: EncodingProfile) -> Json:
    """Return a rendition as the encoder takes it; the slate if its file cannot be had."""
    if rendition is None:
        return slate_of(profile)
    try:
        path = rendition_path(rendition)
    except (MediaMissingError, RenditionNotReadyError) as error:
        log.warning("the slate stands in for a loop", rendition=str(rendition.pk), error=str(error))
        return slate_of(profile)
    return {"id": str(rendition.pk), "path": str(path)}


def slate_of(profile: EncodingProfile) -> Json:
    """Return the built-in slate, which is always there."""
    rendition = slate_rendition(profile=profile)
    return {"id": str(rendition.pk), "path": str(rendition_path(rendition))}


def source_for(station: Station, left_out: list[str]) -> Json:
    """Return where the sound comes from; silence where there is none. Tracks that cannot be played are left out."""
    if station.source_kind == Station.SourceKind.PLAYLIST:
        rows = list(station.playlist.select_related("track__licence"))
        ahead = entries_ahead(station=station, entries=[row for row in rows if may_air(row.track)])
        entries = _entries(station, rows, "the playlist", left_out, ahead)
        if entries:
            return {"kind": "playlist", "entries": entries, "shuffle": station.shuffle}
    elif station.audio_url:
        passed = {"passthrough": True} if station.aac_passthrough else {}
        return _radio(station.audio_url) | passed
    return {"kind": "silence"}


def sound_for(station: Station, left_out: list[str]) -> Json:
    """Return what happens when the main source is lost, and how loud it all is."""
    backups = [
        {"id": str(backup.pk), "name": backup.name, "source": _radio(backup.audio_url)}
        for backup in station.backups.filter(enabled=True).order_by("priority", "name")
    ]
    wanted: Json = {"backups": backups, "return_after": float(station.return_after_s)}
    rows = station.emergency.select_related("track__licence")
    entries = _entries(station, rows, "the emergency playlist", left_out)
    if entries:
        wanted["emergency"] = {"kind": "playlist", "entries": entries, "shuffle": False}
    if station.silence_s is not None:
        wanted["silence"] = {"db": station.silence_db, "seconds": float(station.silence_s)}
    if station.normalise:
        wanted["normalise"] = {"lufs": station.loudness_target, "peak_db": station.peak_limit}
    return wanted


def outputs_for(station: Station, left_out: list[str]) -> list[Json]:
    """Return the ways out, the preview always among them; one whose key cannot be read is left out."""
    outputs: list[Json] = []
    for destination in station.destinations.filter(enabled=True, via_relay=False).order_by("created_at", "pk"):
        try:
            outputs += orders_for(destination, slug=station.slug, quiet_hour=station.quiet_hour)
        except (SealBrokenError, DestinationInvalidError) as error:
            left_out.append(f"{destination.name} is left out: {error}")
    outputs.append({"id": PREVIEW, "kind": "hls", "folder": str(settings.PLACES.hls / station.slug)})
    return outputs


def _radio(url: str) -> Json:
    """Return a radio with its titles: what changes, or (where the source itself names plays) when."""
    radio: Json = {"kind": "radio", "url": url, "titles": True}
    # Said only where it is not the usual: running encoders whose order has not changed are left alone.
    if not settings.OUTBOUND_PRIVATE:
        radio["private"] = False
    if settings.OUTBOUND_PORTS != WEB_PORTS:
        radio["ports"] = [list(pair) for pair in settings.OUTBOUND_PORTS]
    return radio


def _entries(
    station: Station,
    rows: Iterable[PlaylistEntry | EmergencyEntry],
    what: str,
    left_out: list[str],
    titled: Container[int] = (),
) -> list[Json]:
    """Return a list's tracks, those in ``titled`` with their titles; what may not be aired or is gone is left out."""
    entries = []
    for entry in rows:
        if refusal := why_not(entry.track):
            left_out.append(f"{what.capitalize()}: {refusal}")
            continue
        try:
            entries.append(_entry(station, entry, titled=entry.pk in titled))
        except MediaMissingError as error:
            left_out.append(f"{entry.track} is left out of {what}: {error}")
    return entries


def _entry(station: Station, entry: PlaylistEntry | EmergencyEntry, *, titled: bool) -> Json:
    """Return a playlist entry; ``track`` comes back with the fact that it is on air."""
    track = entry.track
    identity = f"emergency-{entry.pk}" if isinstance(entry, EmergencyEntry) else str(entry.pk)
    key = track_key(track.artist, track.title)
    words = Words(track.artist, track.title, station.name) if titled else None
    shown = picture_for(station=station, track_key=key, song_id="", words=words)
    about: dict[str, Any] = {
        "artist": track.artist,
        "title": track.title,
        "album": track.album,
        "song_id": "",
        "track_key": key,
        "entry": identity,
        "loop": str(shown.loop.pk) if shown.loop else None,
    }
    return {
        "id": identity,
        "path": str(track_path(track)),
        "track": about,
        "picture": picture_of(shown.rendition, station.profile),
    }
