"""The page "Picture and sound": what it tells, and a hand on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from streaming.asrun.models import Airing
from streaming.cues.models import Cue
from streaming.nodes.models import Encoder, EncoderRun
from streaming.sources.models import TrackChange
from streaming.stations.errors import StationInvalidError
from streaming.stations.models import Station
from streaming.stations.syncing import compared_lately, measure_again, nudge_picture, timing_now
from tests.factories import enter, make_station, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def station() -> Station:
    return make_station(source_kind="azuracast", name="Night <FM>")


def aired(station: Station, title: str = "Blue", *, origin: str = "webhook", exact: bool = True, off: float = 0.1):
    """A change that was said half a minute ago, heard three seconds later, seen ``off`` seconds after that."""
    now = timezone.now() - timedelta(seconds=30)
    change = TrackChange.objects.create(
        station=station, dedupe_key=title, origin=origin, artist="Ana", title=title, track_key=title, started_at=now,
    )  # fmt: skip
    TrackChange.objects.filter(pk=change.pk).update(received_at=now)
    sound = now + timedelta(seconds=3)
    cue = Cue.objects.create(station=station, change=change, reason="default", due_at=sound, due_exact=exact)
    run = EncoderRun.objects.create(station=station)
    Airing.objects.create(
        station=station, run=run, sequence=1, cue=cue, change=change, track_key=title, frame=1,
        started_at=sound + timedelta(seconds=off),
    )  # fmt: skip


def url(station: Station, name: str = "sync") -> str:
    return reverse(f"admin:streaming_station_{name}", args=[station.pk])


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_change_is_told_with_word_sound_picture_and_difference(operator, station):
    aired(station)
    page = text(operator.get(url(station)))
    assert "+3.0 s" in page
    assert "+3.1 s" in page
    assert "+0.10 s" in page
    assert "Titles in the sound" in page
    assert "<FM>" not in page


def test_a_change_whose_sound_was_not_heard_is_not_judged(operator, station):
    aired(station, exact=False)
    page = text(operator.get(url(station)))
    assert "≈ +3.0 s" in page
    assert "not heard" in page


def test_a_change_of_long_ago_is_not_told(operator, station):
    aired(station)
    Cue.objects.update(created_at=timezone.now() - timedelta(hours=13))
    assert "No track has changed in the last twelve hours." in text(operator.get(url(station)))


def test_only_the_fragment_is_sent_to_keep_the_page_true(operator, station):
    aired(station)
    page = text(operator.get(url(station, "sync_now")))
    assert "+0.10 s" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("fields", "encoder", "way", "delay"),
    [
        ({"source_kind": "playlist"}, {}, "own", 0),
        ({}, {"delay_ms": 3100}, "buffer", 3100),
        ({}, {"delay_ms": 3100, "measured_delay_ms": 3400}, "measured", 3400),
        ({"sync_delay_ms": 2000}, {"measured_delay_ms": 3400}, "hand", 2000),
    ],
)
def test_the_way_the_instant_is_found_is_told(station, fields, encoder, way, delay):
    Station.objects.update(**fields)
    Encoder.objects.update(**encoder)
    told = timing_now(Station.objects.get())
    assert (told.way, told.delay_ms) == (way, delay)


def test_titles_count_where_they_told_lately(station):
    Encoder.objects.update(measured_delay_ms=3300)
    aired(station)
    assert timing_now(station).way == "titles"


def test_a_radio_of_titles_changes_with_them(station):
    aired(station, origin="icy")
    told = timing_now(station)
    assert (told.way, told.since_title) == ("titles", True)
    assert told.delay_ms < 0


def test_a_nudge_starts_from_what_is_known_and_is_then_set(operator, station):
    Encoder.objects.update(measured_delay_ms=3300)
    response = operator.post(url(station), {"change": "-500"})
    assert response.status_code == 302
    station.refresh_from_db()
    assert station.sync_delay_ms == 2800
    assert "0.5 s earlier" in str(next(iter(get_messages(response.wsgi_request))))
    operator.post(url(station), {"change": "100"})
    station.refresh_from_db()
    assert station.sync_delay_ms == 2900
    assert "always." in text(operator.get(url(station)))


def test_pictures_cannot_be_moved_out_of_bounds(station):
    Station.objects.update(sync_delay_ms=120_000)
    with pytest.raises(StationInvalidError) as refused:
        nudge_picture(station=station, by_ms=100)
    assert refused.value.field == "sync_delay_ms"
    assert Station.objects.get().sync_delay_ms == 120_000


def test_measuring_again_forgets_what_was_set_and_learned(operator, station):
    Station.objects.update(sync_delay_ms=2000)
    Encoder.objects.update(measured_delay_ms=3300)
    operator.post(url(station), {"change": "measure"})
    assert Station.objects.get().sync_delay_ms is None
    assert Encoder.objects.get().measured_delay_ms is None
    measure_again(station=station)
    assert Encoder.objects.get().measured_delay_ms is None


def test_an_unknown_button_changes_nothing_and_says_so(operator, station):
    response = operator.post(url(station), {"change": "5"})
    assert "not known here" in str(next(iter(get_messages(response.wsgi_request))))
    assert Station.objects.get().sync_delay_ms is None


def test_who_may_only_look_can_look_and_no_more(client, station):
    viewer = make_user("viewer@example.org", is_staff=True)
    enter(client, viewer)
    assert client.get(url(station)).status_code == 403
    viewer.user_permissions.add(Permission.objects.get(codename="view_station"))
    assert 'name="change"' not in text(client.get(url(station)))
    assert client.post(url(station), {"change": "100"}).status_code == 403
    assert client.get(url(station, "sync_now")).status_code == 200


def test_a_stranger_is_sent_to_sign_in(client, station):
    assert client.get(url(station)).status_code == 302


def test_the_stations_page_leads_there(operator, station):
    page = text(operator.get(reverse("admin:streaming_station_change", args=[station.pk])))
    assert url(station) in page


def test_each_change_is_told_once_however_many_cues_it_had(station):
    aired(station)
    Cue.objects.create(station=station, change=TrackChange.objects.get(), reason="track_key")
    (one,) = compared_lately(station)
    assert one.exact
    assert one.difference == pytest.approx(0.1)
