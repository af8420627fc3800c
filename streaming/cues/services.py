"""The verbs of cues: decide what to show, show this now, map a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalog.licences.terms import may_air, why_not
from catalog.models import Loop, Rendition
from catalog.music.track_key import track_key as key_of
from catalog.visuals.queries import ready_renditions, slate_loop
from catalog.visuals.services import request_rendition, slate_rendition
from config.lib.notify import notify
from streaming.cues import resolver, titling
from streaming.cues.errors import LoopNotReadyError, MappingInvalidError
from streaming.cues.models import Cue, TrackMapping
from streaming.cues.queries import mapping_for
from streaming.cues.resolver import Candidate, Resolution
from streaming.sources.models import TrackChange
from streaming.stations.models import Station

if TYPE_CHECKING:
    from catalog.models import EncodingProfile, TitleCard
    from catalog.visuals.titles.words import Words

SONG_ID_LIMIT = 128


def picture_for(*, station: Station, track_key: str, song_id: str, words: Words | None = None) -> Resolution:
    """Return what to show for a track; there is always something.

    Whatever would be better and is not compiled for the station's profile is requested, and what comes next is shown.

    Args:
        station: whose loops, profile and design count.
        track_key: names the track; empty: an unknown one.
        song_id: the source's id of the song, or empty.
        words: its title, shown where the station shows titles; none: the plain loop is wanted.

    Raises:
        RenditionFailedError: nothing else is there and the slate cannot be compiled.

    """
    station = _with_loops(station)
    ranked = _ranked(station, track_key, song_id)
    title = titling.title_for(station=station, words=words)
    loops = [candidate.loop for candidate in ranked]
    plain = ready_renditions(loops=loops, profile=station.profile)
    titled = ready_renditions(loops=loops, profile=station.profile, card=title.card) if title else {}
    found = resolver.best(ranked, titled, plain)
    _request_better(ranked, found, station.profile)
    if title is not None and title.is_final:
        _request_titled(ranked, station.profile, title.card)
    return (found or _slate(station.profile))._replace(card=title.card if title else None)


@transaction.atomic
def cue_change(*, change: TrackChange) -> Cue:
    """Decide what to show for a track change and keep the decision; the change counts as taken up."""
    found = picture_of_change(change)
    cue = keep_decision(station=change.station, found=found, change=change)
    TrackChange.objects.filter(pk=change.pk, cued_at=None).update(cued_at=timezone.now())
    return cue


def picture_of_change(change: TrackChange) -> Resolution:
    """Return what to show for a track change, title and all; see :func:`picture_for`."""
    return picture_for(
        station=change.station,
        track_key=change.track_key,
        song_id=change.song_id,
        words=titling.words_of(change, change.station),
    )


def cue_loop(*, station: Station, loop: Loop, held: bool) -> Cue:
    """Show a loop now: until the next track, or held until :func:`release_held`.

    A loop that is not compiled for the station yet is requested, and nothing else is changed.

    Raises:
        LoopNotReadyError: it cannot be shown now; ``field`` is "loop".

    """
    rendition = _rendition_now(loop, station)
    rendition = _titled_now(loop, station) or rendition
    with transaction.atomic():
        row = Station.objects.select_for_update(of=("self",)).get(pk=station.pk)
        if held:
            _hold(row, loop)
        reason = Cue.Reason.HELD if held else Cue.Reason.MANUAL
        cue = keep_decision(station=row, found=Resolution(loop, rendition, reason), change=None)
        notify(station=str(row.pk), what="cue")
    station.held_loop = row.held_loop
    return cue


@transaction.atomic
def release_held(*, station: Station) -> None:
    """Let tracks decide again, from the one on air on; nothing held: nothing happens."""
    row = Station.objects.select_for_update(of=("self",)).get(pk=station.pk)
    if row.held_loop_id is None:
        return
    _hold(row, None)
    station.held_loop = None
    change = deciding_change(row)
    found = picture_of_change(change) if change else picture_for(station=row, track_key="", song_id="")
    keep_decision(station=row, found=found, change=change)
    notify(station=str(row.pk), what="cue")


def map_track(*, station: Station, artist: str, title: str, loop: Loop, song_id: str = "") -> TrackMapping:
    """Show ``loop`` whenever this track plays at the station; a track that is mapped already gets the new loop.

    Raises:
        MappingInvalidError: ``field`` names what cannot be used.

    """
    key = _checked_key(artist, title)
    if len(song_id) > SONG_ID_LIMIT:
        raise MappingInvalidError(f"A song id has at most {SONG_ID_LIMIT} characters.", field="song_id")
    return map_key(station=station, track_key=key, loop=loop, song_id=song_id)


@transaction.atomic
def map_key(*, station: Station, track_key: str, loop: Loop, song_id: str = "") -> TrackMapping:
    """Map a track that is known by its key already, e.g. one that was heard; see :func:`map_track`."""
    _check_loop(loop)
    values = {"loop": loop, **({"song_id": song_id} if song_id else {})}
    mapping, _ = TrackMapping.objects.update_or_create(station=station, track_key=track_key, defaults=values)
    request_rendition(loop=loop, profile=station.profile)
    notify(station=str(station.pk), what="control")
    return mapping


@transaction.atomic
def set_default_loop(*, station: Station, loop: Loop) -> None:
    """Show ``loop`` for every track of the station that has none of its own.

    Raises:
        MappingInvalidError: ``field`` is "loop".

    """
    _check_loop(loop)
    Station.objects.filter(pk=station.pk).update(default_loop=loop, updated_at=timezone.now())
    station.default_loop = loop
    request_rendition(loop=loop, profile=station.profile)
    notify(station=str(station.pk), what="control")


def keep_decision(*, station: Station, found: Resolution, change: TrackChange | None) -> Cue:
    """Keep what was decided to be shown, and for which track."""
    return Cue.objects.create(
        station=station,
        change=change,
        loop=found.loop,
        rendition=found.rendition,
        reason=found.reason,
    )


def count_play(*, station: Station, track_key: str, song_id: str) -> None:
    """Count an airing on the mapping that decided its picture, if there is one."""
    mapping = mapping_for(station=station, track_key=track_key, song_id=song_id)
    if mapping is not None:
        TrackMapping.objects.filter(pk=mapping.pk).update(play_count=F("play_count") + 1)


def deciding_change(station: Station) -> TrackChange | None:
    """Return the change whose track is on air: the one decided on last, for jingles and late news decide nothing."""
    decided = Cue.objects.filter(station=station).exclude(change=None).select_related("change__station").first()
    if decided is not None:
        return decided.change
    changes = TrackChange.objects.filter(station=station, is_jingle=False).select_related("station")
    return changes.order_by("-id").first()


def _ranked(station: Station, track_key: str, song_id: str) -> list[Candidate]:
    mapping = mapping_for(station=station, track_key=track_key, song_id=song_id)
    by_key = mapping is not None and mapping.track_key == track_key
    ranked = resolver.candidates(
        (Cue.Reason.HELD, station.held_loop),
        (Cue.Reason.TRACK_KEY if by_key else Cue.Reason.SONG_ID, mapping.loop if mapping else None),
        (Cue.Reason.DEFAULT, station.default_loop),
        (Cue.Reason.SLATE, slate_loop()),
    )
    return [candidate for candidate in ranked if may_air(candidate.loop)]


def _request_better(ranked: list[Candidate], found: Resolution | None, profile: EncodingProfile) -> None:
    """Have loops compiled up to the one that is shown, and that one too if an older rendition stands in."""
    for candidate in ranked:
        if candidate.loop.status == Loop.Status.READY:
            request_rendition(loop=candidate.loop, profile=profile)
        if found is not None and candidate.loop == found.loop:
            return


def _request_titled(ranked: list[Candidate], profile: EncodingProfile, card: TitleCard) -> None:
    """Have the title compiled into the best loop that can be: one whose plain rendition failed never will."""
    for candidate in ranked:
        if candidate.loop.status != Loop.Status.READY:
            continue
        plain = request_rendition(loop=candidate.loop, profile=profile)
        if plain.status != Rendition.Status.FAILED:
            request_rendition(loop=candidate.loop, profile=profile, card=card)
            return


def _with_loops(station: Station) -> Station:
    return Station.objects.select_related("profile", "held_loop__licence", "default_loop__licence").get(pk=station.pk)


def _slate(profile: EncodingProfile) -> Resolution:
    rendition = slate_rendition(profile=profile)
    return Resolution(rendition.loop, rendition, Cue.Reason.SLATE)


def _hold(station: Station, loop: Loop | None) -> None:
    station.held_loop = loop
    station.save(update_fields=["held_loop", "updated_at"])


def _rendition_now(loop: Loop, station: Station) -> Rendition:
    _check_loop(loop, error=LoopNotReadyError)
    if not may_air(loop):
        raise LoopNotReadyError(why_not(loop), field="loop")
    rendition = request_rendition(loop=loop, profile=station.profile)
    ready = ready_renditions(loops=[loop], profile=station.profile).get(loop.pk)
    if ready is not None:
        return ready
    if rendition.status == Rendition.Status.FAILED:
        raise LoopNotReadyError(
            f"{loop.name} could not be compiled: {rendition.reason} Upload it again or take another loop.",
            field="loop",
        )
    if rendition.status != Rendition.Status.READY:
        raise LoopNotReadyError(
            f"{loop.name} is being compiled for {station.profile_id} ({rendition.progress} %). "
            "Show it when it is ready.",
            field="loop",
        )
    return rendition


def _titled_now(loop: Loop, station: Station) -> Rendition | None:
    """Return the loop with the title of the track on air, if that is ready; it is asked for."""
    change = TrackChange.objects.filter(station=station).order_by("-id").first()
    title = titling.title_for(station=station, words=titling.words_of(change, station) if change else None)
    if title is None:
        return None
    request_rendition(loop=loop, profile=station.profile, card=title.card)
    return ready_renditions(loops=[loop], profile=station.profile, card=title.card).get(loop.pk)


def _check_loop(
    loop: Loop,
    *,
    error: type[MappingInvalidError | LoopNotReadyError] = MappingInvalidError,
) -> None:
    if loop.status != Loop.Status.READY:
        raise error(f"{loop.name} is {loop.get_status_display()} and cannot be shown. Take another loop.", field="loop")


def _checked_key(artist: str, title: str) -> str:
    key = key_of(artist, title)
    if not key:
        raise MappingInvalidError(
            "Artist and title hold no letter or digit, so the track cannot be told from others. "
            "Make the loop the station's default instead.",
            field="title",
        )
    return key
