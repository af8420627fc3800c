"""With each airing is kept how the picture changed, and whether its title was on it; encoders count both."""

from __future__ import annotations

import pytest

from catalog.models import TitleCard
from streaming.asrun.models import Airing
from streaming.nodes.models import Encoder, EncoderRun
from streaming.sources.models import TrackChange
from streaming.titles.models import TitleDesign
from tests.factories import make_loop, make_rendition, make_station
from tests.streaming.asrun.test_storing_facts import START, aired, make_cue, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def run(station):
    return EncoderRun.objects.create(station=station)


def titled_rendition():
    card = TitleCard.objects.create(content_key="c", width=1280, height=720, artist="Ana", title="Blue")
    return make_rendition(make_loop("Titled"), card=card, content_key="titled")


@pytest.mark.parametrize("seam", ["played", "late", "failed", "cut", ""])
def test_how_the_picture_changed_is_kept(station, run, seam):
    store(run, aired(1, make_cue(station), seam=seam))
    assert Airing.objects.get().seam == seam


@pytest.mark.parametrize("seam", [None, 3, "backwards"])
def test_a_seam_nobody_knows_is_left_empty(station, run, seam):
    store(run, aired(1, make_cue(station), seam=seam))
    assert Airing.objects.get().seam == ""


def test_a_picture_with_its_title_is_told_from_one_without(station, run):
    TitleDesign.objects.create(station=station, enabled=True)
    plain = make_rendition(make_loop("Plain"))
    store(run, aired(1, make_cue(station, "Blue"), picture=str(titled_rendition().pk)))
    store(run, aired(2, make_cue(station, "Red"), seconds=100, picture=str(plain.pk)))
    store(run, aired(3, make_cue(station, "Slate"), seconds=200, picture="slate"))
    assert list(Airing.objects.order_by("started_at").values_list("titled", flat=True)) == [True, False, None]


def test_where_no_titles_are_wanted_none_is_missing(station, run):
    store(run, aired(1, make_cue(station), picture=str(titled_rendition().pk)))
    assert Airing.objects.get().titled is None


def test_encoders_count_how_pictures_changed_and_what_was_ready(station, run):
    TitleDesign.objects.create(station=station, enabled=True)
    titled, plain = str(titled_rendition().pk), str(make_rendition(make_loop("Plain")).pk)
    store(
        run,
        aired(1, make_cue(station, "First"), seam="", origin="start", picture=plain),
        aired(2, make_cue(station, "Good"), seconds=10, seam="played", picture=titled),
        aired(3, make_cue(station, "Cut in time"), seconds=20, seam="cut", picture=titled),
        aired(4, make_cue(station, "Late"), seconds=30, seam="late", picture=titled),
        aired(5, make_cue(station, "Without"), seconds=40, seam="played", picture=plain),
    )
    encoder = Encoder.objects.get(station=station)
    assert encoder.seams_total == {"played": 2, "cut": 1, "late": 1}
    assert encoder.ready_total == {"ready": 2, "not_ready": 2}


def test_a_better_picture_counts_as_a_seam_and_as_no_track(station, run):
    cue = make_cue(station)
    store(run, aired(1, cue, seam="played"), aired(2, cue, seconds=5, seam="played"))
    encoder = Encoder.objects.get(station=station)
    assert encoder.seams_total == {"played": 2}
    assert encoder.ready_total == {"ready": 1}


def test_a_title_counts_from_when_its_sound_goes_out(run):
    at = START.timestamp()
    store(run, {"event": "title", "seq": 1, "at": at, "text": "Ana - Blue", "media": 12.5, "heard_at": at + 2})
    assert TrackChange.objects.get().started_at.timestamp() == pytest.approx(at + 2)


def test_a_title_of_an_older_encoder_counts_from_when_it_was_told(run):
    store(run, {"event": "title", "seq": 1, "at": START.timestamp(), "text": "Ana - Blue"})
    assert TrackChange.objects.get().started_at == START
