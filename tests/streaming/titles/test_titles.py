"""A station's titles: drawn for the track, followed when the design or the cover changes."""

from __future__ import annotations

import io
import json

import numpy as np
import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from PIL import Image, ImageChops, ImageOps

from catalog.visuals.models import Artwork, TitleCard
from catalog.visuals.titles import cards
from catalog.visuals.titles.drawing import Design
from catalog.visuals.titles.words import Words
from config.lib.notify import CHANNEL
from streaming.titles import samples, services
from streaming.titles.errors import DesignInvalidError
from streaming.titles.models import TitleDesign
from tests.catalog.conftest import places, sent  # noqa: F401  # fixtures
from tests.catalog.visuals.titles import golden
from tests.factories import make_station

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "sent")]
WORDS = Words("Nina Simone", "Feeling Good", "Night FM", "https://radio.example/art/1.jpg")


def make_design(station, **fields):
    return TitleDesign.objects.create(station=station, **{"enabled": True, **fields})


def card_for(station, words=WORDS):
    return services.card_for(station=station, words=words)


def test_titles_are_off_until_somebody_wants_them():
    station = make_station()
    assert card_for(station) is None
    make_design(station, enabled=False)
    assert card_for(station) is None
    assert not TitleCard.objects.exists()


def test_a_card_has_the_profiles_size():
    station = make_station()
    make_design(station)
    found = card_for(station)
    assert (found.width, found.height) == (station.profile.width, station.profile.height)


def test_a_track_nothing_is_known_of_has_no_card():
    station = make_station()
    make_design(station)
    assert card_for(station, Words("", " \u202e", "Night FM")) is None


def test_the_cover_follows_when_it_is_there(sent, django_capture_on_commit_callbacks):  # noqa: F811  # the fixture
    station = make_station()
    make_design(station)
    with django_capture_on_commit_callbacks(execute=True):
        without = card_for(station)
    artwork = Artwork.objects.get()
    assert sent == [("catalog.visuals.fetch_artwork", [str(artwork.pk)])]
    file = default_storage.save("artwork/a.png", ContentFile(cards.encoded(golden.cover())))
    Artwork.objects.update(status=Artwork.Status.READY, file=file, sha256="a" * 64)
    follows = card_for(station)
    assert follows != without
    assert card_for(station) == follows


def test_a_refused_cover_leaves_the_card_without():
    station = make_station()
    make_design(station)
    without = card_for(station)
    Artwork.objects.update(status=Artwork.Status.REFUSED, reason="The cover is damaged.")
    assert card_for(station) == without


def test_no_cover_is_asked_for_where_none_is_shown():
    station = make_station()
    make_design(station, show_cover=False)
    card_for(station)
    assert not Artwork.objects.exists()


def test_a_new_design_gives_the_track_on_air_a_new_card():
    station = make_station()
    design = make_design(station)
    before = card_for(station)
    design.template = TitleDesign.Template.FULL_CARD
    services.save_design(design=design)
    assert card_for(station) != before


@pytest.mark.django_db(transaction=True)
def test_the_node_hears_of_a_new_design_when_it_is_committed():
    station = make_station()
    parameters = {
        k: v for k, v in connection.get_connection_params().items() if k in {"dbname", "user", "host", "port"}
    }
    with psycopg.connect(**parameters, autocommit=True) as link:
        link.execute(f"LISTEN {CHANNEL}")
        services.save_design(design=TitleDesign(station=station, enabled=True))
        said = [json.loads(n.payload) for n in link.notifies(timeout=5, stop_after=1)]
    assert said == [{"station": str(station.pk), "what": "control"}]


@pytest.mark.parametrize(
    ("field", "value"),
    [("accent", "amber"), ("accent", "#12345"), ("safe_percent", 21), ("template", "banner"), ("position", "left")],
)
def test_a_design_that_cannot_be_drawn_is_named_and_not_kept(field, value):
    station = make_station()
    design = TitleDesign(station=station)
    setattr(design, field, value)
    with pytest.raises(DesignInvalidError) as caught:
        services.save_design(design=design)
    assert caught.value.field == field
    assert not TitleDesign.objects.exists()


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_a_preview_shows_the_card_over_the_loop(name):
    backdrop = samples.plain_backdrop((640, 360))
    words = samples.words_of(name, "Night FM")
    png = services.preview(design=Design(), words=words, backdrop=backdrop, cover=samples.sample_cover("#f2a33a"))
    with Image.open(io.BytesIO(png)) as shown:
        assert (shown.format, shown.size) == ("PNG", services.PREVIEW_SIZE)
        below = ImageOps.fit(backdrop, services.PREVIEW_SIZE)
        apart = np.asarray(ImageChops.difference(shown.convert("RGB"), below)).max(axis=2)
    rows, columns = np.nonzero(apart > 60)
    assert columns.min() >= 48
    assert rows.min() > 270
    assert columns.max() < 912
    assert rows.max() < 513
