"""A card is drawn once for all that is on it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from catalog.visuals.models import Artwork, TitleCard
from catalog.visuals.titles import cards
from catalog.visuals.titles.drawing import DRAWER_VERSION, Design
from catalog.visuals.titles.words import Words
from tests.catalog.conftest import kept_files
from tests.catalog.visuals.titles import golden
from tests.factories import make_loop, make_rendition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "sent")]
WORDS = Words("Nina Simone", "Feeling Good", "Night FM")
SIZE = (320, 180)


def make_card(*, design=None, words=WORDS, size=SIZE, artwork=None):
    return cards.card(design=design or Design(), words=words, size=size, artwork=artwork)


def make_artwork(name="cover.png", **fields):
    path = default_storage.save(f"artwork/{name}", ContentFile(cards.encoded(golden.cover())))
    fields = {"address_key": name, "address": "x", "file": path, "sha256": name, "status": "ready", **fields}
    return Artwork.objects.create(**fields)


def test_a_card_is_a_transparent_picture_of_the_profiles_size():
    made = make_card()
    with default_storage.open(made.file.name) as file, Image.open(file) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", SIZE)
        assert picture.getchannel("A").getpixel((0, 0)) == 0
    assert (made.width, made.height, made.artist, made.title) == (*SIZE, "Nina Simone", "Feeling Good")
    assert made.size == default_storage.size(made.file.name)


def test_the_same_card_is_drawn_once(places):
    first, second = make_card(), make_card(words=Words("Nina\nSimone", "Feeling\u202e Good ", "Night FM", "http://x"))
    assert first == second
    assert len(kept_files(places)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"words": replace(WORDS, title="Feeling Gold")},
        {"words": replace(WORDS, station="Day FM")},
        {"design": Design(accent="#ff0000")},
        {"design": Design(position="top_end")},
        {"size": (640, 360)},
    ],
)
def test_whatever_is_drawn_otherwise_is_another_card(change):
    assert make_card() != make_card(**change)


def test_a_newer_drawer_draws_anew(monkeypatch):
    first = make_card()
    monkeypatch.setattr(cards, "DRAWER_VERSION", DRAWER_VERSION + 1)
    assert make_card() != first


def test_a_cover_makes_another_card_once_it_is_there():
    waiting = make_artwork(status="waiting", sha256="")
    without = make_card(artwork=waiting)
    assert without == make_card()
    waiting.status, waiting.sha256 = "ready", "abc"
    assert make_card(artwork=waiting) != without


def test_a_cover_that_is_not_shown_changes_nothing():
    hidden = Design(show_cover=False)
    assert make_card(design=hidden, artwork=make_artwork()) == make_card(design=hidden)


def test_a_cover_whose_file_is_lost_is_fetched_anew_and_left_out(sent, django_capture_on_commit_callbacks):
    artwork = make_artwork()
    default_storage.delete(artwork.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        made = make_card(artwork=artwork)
    assert made == make_card()
    artwork.refresh_from_db()
    assert artwork.status == Artwork.Status.WAITING
    assert sent == [("catalog.visuals.fetch_artwork", [str(artwork.pk)])]


@pytest.mark.django_db(transaction=True)
def test_two_callers_at_once_get_one_card(places, monkeypatch):
    together, found = threading.Barrier(2, timeout=10), []
    keep = cards._keep

    def late(*arguments):
        together.wait()
        return keep(*arguments)

    def call():
        with transaction.atomic():
            found.append(make_card())
        connection.close()

    monkeypatch.setattr(cards, "_keep", late)
    callers = [threading.Thread(target=call) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(20)
    assert len(found) == 2
    assert found[0] == found[1]
    assert TitleCard.objects.count() == 1
    assert len(kept_files(places)) == 1


def test_a_card_that_cannot_be_noted_leaves_no_file(places, monkeypatch):
    def broken(**_):
        raise RuntimeError

    monkeypatch.setattr(TitleCard.objects, "create", broken)
    with pytest.raises(RuntimeError):
        make_card()
    assert kept_files(places) == []


def test_cards_nothing_was_compiled_with_are_forgotten_after_a_day(places, django_capture_on_commit_callbacks):
    used, unused = make_card(), make_card(words=replace(WORDS, title="Other"))
    make_rendition(make_loop(), card=used)
    before = len(kept_files(places))
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        fresh = make_card(words=replace(WORDS, title="New"))
        with django_capture_on_commit_callbacks(execute=True):
            assert cards.forget_unused() == 1
    assert set(TitleCard.objects.all()) == {used, fresh}
    assert not default_storage.exists(unused.file.name)
    assert len(kept_files(places)) == before
