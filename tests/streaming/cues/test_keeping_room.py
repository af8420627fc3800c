"""The room titled renditions take: bounded, the longest unheard first, and never what is in use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from catalog.models import Rendition, TitleCard
from catalog.visuals.services import note_aired
from streaming.cues.eviction import evict_titled
from streaming.cues.models import Cue
from streaming.cues.prefetch import prepare_upcoming
from streaming.cues.services import cue_loop, picture_for
from streaming.sources.report import TrackReport
from streaming.stations.models import Station
from streaming.titles.models import TitleDesign
from tests.factories import make_airing, make_loop, make_mapping, make_profile, make_rendition, make_slate, make_station

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places", "sent")]
NOW = timezone.now()


@pytest.fixture
def station() -> Station:
    make_slate()
    station = make_station("night-fm", source_kind="azuracast", wanted_on_air=True)
    TitleDesign.objects.create(station=station, enabled=True, show_cover=False)
    return station


def titled(name: str, *, hours_ago: float, loop=None, card: TitleCard | None = None, **fields) -> Rendition:
    """A titled rendition of 100 bytes that was aired so long ago."""
    loop = loop or make_loop(name)
    card = card or TitleCard.objects.create(content_key=name, width=1280, height=720, title=name, file="cards/x.png")
    stored = default_storage.save(f"renditions/{name}.mp4", ContentFile(b"x" * 100))
    at = NOW - timedelta(hours=hours_ago)
    fields = {"last_aired_at": at, **fields}
    fields = {"status": Rendition.Status.READY, "size": 100, "ready_at": at, **fields}
    return Rendition.objects.create(
        loop=loop, profile=make_profile(), card=card, content_key=f"key of {name}", file=stored, **fields
    )


def names() -> set[str]:
    return {rendition.loop.name for rendition in Rendition.objects.filter(card__isnull=False).select_related("loop")}


def files() -> set[str]:
    return {name.removesuffix(".mp4") for name in default_storage.listdir("renditions")[1]}


def test_what_was_aired_longest_ago_goes_first_row_and_file(settings):
    settings.TITLED_CACHE_BYTES = 250
    for name, hours in (("old", 3), ("older", 4), ("young", 1), ("middle", 2)):
        titled(name, hours_ago=hours)
    assert evict_titled() == 2
    assert names() == files() == {"young", "middle"}
    assert evict_titled() == 0


def test_one_never_aired_is_as_old_as_its_making(settings):
    settings.TITLED_CACHE_BYTES = 100
    titled("made long ago", hours_ago=5, last_aired_at=None)
    titled("just made", hours_ago=0, last_aired_at=None)
    assert evict_titled() == 1
    assert names() == {"just made"}


def test_plain_renditions_and_unfinished_ones_are_not_touched(settings):
    settings.TITLED_CACHE_BYTES = 0
    make_rendition(make_loop("plain"))
    titled("compiling", hours_ago=9, status=Rendition.Status.COMPILING)
    titled("waiting", hours_ago=9, status=Rendition.Status.WAITING)
    assert evict_titled() == 0
    assert names() == {"compiling", "waiting"}
    assert Rendition.objects.filter(loop__name="plain").exists()


def test_what_a_station_was_told_to_show_stays(settings, station):
    settings.TITLED_CACHE_BYTES = 0
    shown = titled("shown", hours_ago=9)
    Cue.objects.create(station=station, loop=shown.loop, rendition=shown, reason=Cue.Reason.TRACK_KEY)
    titled("idle", hours_ago=1)
    assert evict_titled() == 1
    assert names() == {"shown"}


def test_what_was_shown_many_cues_ago_goes(settings, station):
    settings.TITLED_CACHE_BYTES = 0
    shown = titled("shown", hours_ago=9)
    Cue.objects.create(station=station, loop=shown.loop, rendition=shown, reason=Cue.Reason.TRACK_KEY)
    for _ in range(5):
        Cue.objects.create(station=station, reason=Cue.Reason.SLATE)
    assert evict_titled() == 1
    assert names() == set()


def test_what_a_playlist_put_on_air_by_itself_stays_while_it_is_on(settings, station):
    settings.TITLED_CACHE_BYTES = 0
    on_air = titled("on air", hours_ago=9)
    airing = make_airing(station, loop=on_air.loop, minutes_ago=30)
    note_aired(rendition=on_air.pk, at=airing.started_at)
    assert evict_titled() == 0
    airing.duration_seconds = 1800
    airing.save()
    assert evict_titled() == 1


def test_what_a_held_loop_shows_stays(settings, station):
    settings.TITLED_CACHE_BYTES = 0
    loop = make_loop("held")
    make_rendition(loop)
    held = titled("held titled", hours_ago=9, loop=loop)
    cue = cue_loop(station=station, loop=loop, held=True)
    Cue.objects.filter(pk=cue.pk).update(rendition=held)
    assert evict_titled() == 0


def test_what_comes_next_stays(settings, station):
    settings.TITLED_CACHE_BYTES = 0
    loop = make_loop("mapped")
    make_rendition(loop)
    make_mapping(station, loop, "ana - blue")
    prepare_upcoming(station=station, report=TrackReport(artist="Ana", title="Blue", started_at=NOW))
    waiting = Rendition.objects.get(card__isnull=False)
    stored = default_storage.save("renditions/next.mp4", ContentFile(b"x"))
    Rendition.objects.filter(pk=waiting.pk).update(
        status=Rendition.Status.READY, file=stored, size=1, ready_at=NOW - timedelta(days=2)
    )
    titled("other", hours_ago=0)
    assert evict_titled() == 1
    assert picture_for(station=station, track_key="ana - blue", song_id="").rendition is not None
    assert names() == {"mapped"}


def test_being_aired_is_noted_and_never_goes_back():
    rendition = titled("a", hours_ago=5)
    plain = make_rendition(make_loop("b"), make_profile())
    note_aired(rendition=rendition.pk, at=NOW)
    note_aired(rendition=rendition.pk, at=NOW - timedelta(hours=1))
    note_aired(rendition=plain.pk, at=NOW)
    rendition.refresh_from_db()
    plain.refresh_from_db()
    assert (rendition.last_aired_at, plain.last_aired_at) == (NOW, None)


def test_the_task_is_on_the_schedule(settings):
    from config.celery import app

    app.loader.import_default_modules()
    assert settings.CELERY_BEAT_SCHEDULE["evict-titled"]["task"] in app.tasks
