"""The station that is there from the first start on: our own tracks, our own pictures, nothing to set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.models import EncodingProfile
from catalog.visuals.demo import make_demo_content
from catalog.visuals.profiles import USUAL
from catalog.visuals.services import compile_rendition, request_rendition, slate_rendition, watch_rendition
from streaming.cues.services import map_track, set_default_loop
from streaming.stations import services
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.models import Loop

SLUG = "demo"
NAME = "Longwave Demo"


def ensure_demo_station(report: Callable[[str], None] = lambda _: None) -> Station:
    """Return the demo station, made and put on air if it never was; one that was on air stays as its operator left it.

    Its loops are compiled first, so that its first frame shows the right picture. An interrupted call is finished
    by the next. ``report`` is told what is being done, in short sentences.
    """
    found = Station.objects.filter(slug=SLUG).first()
    if found is not None and (found.wanted_on_air or found.runs.exists()):
        return found
    tracks, loops = make_demo_content(report)
    report("Drawing the slate")
    slate_rendition(profile=EncodingProfile.objects.get(pk=USUAL))
    station = found or services.create_station(
        slug=SLUG,
        name=NAME,
        source_kind=Station.SourceKind.PLAYLIST,
        profile=USUAL,
    )
    services.set_playlist(station=station, tracks=tracks)
    for track, loop in zip(tracks, loops, strict=True):
        map_track(station=station, artist=track.artist, title=track.title, loop=loop)
        report(f"Compiling “{loop.name}”")
        _compile(loop, station.profile)
    set_default_loop(station=station, loop=loops[0])
    services.start_station(station=station)
    return station


def _compile(loop: Loop, profile: EncodingProfile) -> None:
    """Compile here what no worker has taken yet, and wait for what one has."""
    for rendition in watch_rendition(rendition=request_rendition(loop=loop, profile=profile)):
        if rendition.is_unfinished:
            compile_rendition(rendition_id=rendition.pk)
