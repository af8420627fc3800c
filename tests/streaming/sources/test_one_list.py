"""Webhook, poll, live feed and titles in the sound make one ordered list of track changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from streaming.asrun.services import store_facts
from streaming.nodes.models import EncoderRun
from streaming.sources import azuracast
from streaming.sources.intake import Intake
from streaming.sources.models import TrackChange
from streaming.stations.models import Station
from tests.factories import make_station
from tests.payloads import changed, payload
from tests.streaming.sources.conftest import SECRET

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SONG, NEXT = "azuracast/song_changed", "azuracast/next_song"


def titles(**like: Any) -> list[str]:
    return list(TrackChange.objects.filter(**like).order_by("id").values_list("title", flat=True))


def waiting() -> list[str]:
    """What a node would show."""
    return titles(cued_at=None)


@pytest.fixture
def webhook(client, station):
    def post(body: Any) -> str:
        answer = client.post(
            "/webhook/azuracast/night-fm",
            json.dumps(body),
            "application/json",
            headers={"X-Webhook-Secret": SECRET},
        )
        return str(answer.json()["status"])

    return post


def take(station: Station, origin: TrackChange.Origin, body: Any) -> None:
    """A poll or the feed says what plays."""
    received = timezone.now()
    Intake(station, origin).take(
        azuracast.now_playing(body, received=received),
        lambda after: azuracast.missed(body, received=received, after=after),
    )


def poll(station: Station, body: Any) -> None:
    take(station, TrackChange.Origin.POLL, body)


def feed(station: Station, body: Any) -> None:
    take(station, TrackChange.Origin.FEED, body)


def icy(station: Station, *texts: str, answers: bool = False, at: datetime | None = None) -> None:
    """The encoder tells of titles in the sound."""
    run = EncoderRun.objects.create(station=station)
    moment = (at or timezone.now()).timestamp()
    facts = [
        {"event": "title", "seq": n, "at": moment - 2, "text": text, "media": 10.0 * n, "heard_at": moment}
        for n, text in enumerate(texts, start=1)
    ]
    store_facts(run=run.pk, facts=facts, source_answers=answers)


# Duplicates.


@pytest.mark.parametrize("ways", [(poll, feed), (feed, poll)], ids=["poll, feed", "feed, poll"])
def test_one_play_told_by_every_way_is_one_change(station, webhook, ways):
    assert webhook(payload(SONG)) == "accepted"
    for way in ways:
        way(station, payload(SONG))
    assert webhook(payload(SONG)) == "duplicate"
    icy(station, "Chet Porter - Aluko River")
    assert titles() == ["Aluko River"]


def test_the_first_way_to_tell_is_the_one_on_record(station, webhook):
    feed(station, payload(SONG))
    assert webhook(payload(SONG)) == "duplicate"
    assert TrackChange.objects.get().origin == "feed"


# Late, out of order, lost.


def test_a_webhook_delivered_after_the_next_one_is_kept_and_not_shown(webhook):
    assert webhook(payload(NEXT)) == "accepted"
    assert webhook(payload(SONG)) == "accepted"
    assert waiting() == ["Sly Fox"]
    assert titles() == ["Sly Fox", "Aluko River"]


def test_webhooks_of_short_tracks_in_the_wrong_order_are_told_apart_by_their_numbers(webhook):
    """Both began within the five seconds that AzuraCast adds, so their times say nothing."""
    now = int(timezone.now().timestamp())
    later, earlier = changed(NEXT, "now_playing.played_at", now + 5), changed(SONG, "now_playing.played_at", now + 3)
    webhook(later)
    webhook(earlier)
    assert waiting() == ["Sly Fox"]


def test_numbers_that_begin_anew_count_as_new_plays(webhook):
    """AzuraCast was installed anew: its history is at 1 again."""
    webhook(payload(NEXT))
    again = changed(SONG, "now_playing.sh_id", 1)
    again["now_playing"]["played_at"] = payload(NEXT)["now_playing"]["played_at"] + 3600
    webhook(again)
    assert waiting() == ["Sly Fox", "Aluko River"]


@pytest.mark.parametrize("way", [poll, feed])
def test_a_poll_or_feed_that_a_webhook_overtook_is_kept_and_not_shown(station, webhook, way):
    webhook(payload(NEXT))
    way(station, payload(SONG))
    assert waiting() == ["Sly Fox"]


@pytest.mark.parametrize("way", [poll, feed])
def test_a_lost_webhook_is_found_by_poll_or_feed_in_its_place(station, webhook, way):
    before = changed(SONG, "now_playing.sh_id", 4700)
    before["now_playing"]["played_at"] -= 400
    webhook(before)
    way(station, payload(NEXT))
    assert titles() == ["Aluko River", "Awake", "Aluko River", "Sly Fox"]
    assert waiting() == ["Aluko River", "Sly Fox"]


# The same song twice in a row.


def test_the_same_song_twice_in_a_row_is_two_plays(station, webhook):
    webhook(payload(SONG))
    assert webhook(payload("azuracast/same_song_again")) == "accepted"
    icy(station, "Chet Porter - Aluko River")
    assert titles() == ["Aluko River", "Aluko River"]
    assert set(TrackChange.objects.values_list("dedupe_key", flat=True)) == {"sh:4711", "sh:4712"}


# Jingles.


def test_a_jingle_that_azuracast_shows_is_on_record_and_leaves_the_picture(webhook):
    webhook(payload(SONG))
    assert webhook(payload("azuracast/jingle")) == "accepted"
    assert waiting() == ["Aluko River"]
    assert TrackChange.objects.get(is_jingle=True).title == "Your station"


def test_a_jingle_heard_in_the_sound_is_no_track_while_plays_are_named(station, webhook):
    webhook(payload(SONG))
    icy(station, "AzuraTest Radio - Your station", "Chet Porter - Aluko River")
    assert titles() == ["Aluko River"]


def test_a_jingle_is_no_track_either_while_only_the_poll_answers(station):
    """A presenter's set of hours: the last named play is long ago, and the poll still says so."""
    poll(station, payload(SONG))
    TrackChange.objects.update(received_at=timezone.now() - timedelta(hours=3))
    icy(station, "AzuraTest Radio - Your station", answers=True)
    assert titles() == ["Aluko River"]


# Only titles are left.


def test_titles_take_over_when_nobody_names_plays_any_more(station, webhook):
    webhook(payload(SONG))
    TrackChange.objects.update(received_at=timezone.now() - timedelta(minutes=9))
    icy(station, "Koan Sound - Sly Fox")
    assert titles() == ["Aluko River", "Sly Fox"]
    assert TrackChange.objects.get(title="Sly Fox").origin == "icy"


def test_titles_wait_for_the_named_play_to_be_over_and_five_minutes_more(station, webhook):
    webhook(payload(SONG))
    TrackChange.objects.update(received_at=timezone.now() - timedelta(minutes=7))
    icy(station, "Koan Sound - Sly Fox")
    assert titles() == ["Aluko River"]


def test_named_plays_that_come_back_do_not_repeat_what_a_title_said(station, webhook):
    webhook(payload(SONG))
    TrackChange.objects.update(received_at=timezone.now() - timedelta(minutes=9))
    icy(station, "Koan Sound - Sly Fox")
    again = payload(NEXT)
    again["now_playing"]["played_at"] = int(timezone.now().timestamp())
    assert webhook(again) == "duplicate"
    icy(station, "Another - One")
    assert titles() == ["Aluko River", "Sly Fox"]
    named = TrackChange.objects.get(title="Sly Fox")
    assert (named.dedupe_key, named.origin, named.song_id) == ("sh:4712", "icy", "6f75eb1a3c1f5a9f2b63b3a9f0d1b2c3")


def test_a_station_of_titles_takes_them_when_their_sound_goes_out(db):
    station = make_station("ice-fm", source_kind=Station.SourceKind.ICECAST)
    icy(station, "Ana - Blue", at=NOON)
    change = TrackChange.objects.get()
    assert (change.artist, change.title, change.started_at) == ("Ana", "Blue", NOON)


# Presenters.


def test_a_presenter_who_says_nothing_yet_is_shown_by_name(webhook):
    webhook(payload(SONG))
    assert webhook(payload("azuracast/live_connect")) == "accepted"
    change = TrackChange.objects.order_by("id").last()
    assert (change.artist, change.title, change.streamer) == ("DJ Jazzy Jeff", "", "DJ Jazzy Jeff")
    assert change.track_key == "dj jazzy jeff"
    assert change.started_at == datetime.fromtimestamp(1591548400, UTC)
    assert webhook(payload("azuracast/live_connect")) == "duplicate"


def test_one_presenter_follows_another_and_then_says_what_plays(station, webhook):
    webhook(payload("azuracast/live_dj"))
    webhook(payload("azuracast/live_handover"))
    feed(station, payload("azuracast/live_handover"))
    webhook(payload("azuracast/live_song"))
    webhook(payload("azuracast/live_disconnect"))
    said = [(c.artist, c.title, c.streamer) for c in TrackChange.objects.order_by("id")]
    assert said == [
        ("DJ Jazzy Jeff", "Live", "DJ Jazzy Jeff"),
        ("DJ Nova", "", "DJ Nova"),
        ("Underworld", "Rez", "DJ Nova"),
        ("Tycho", "Awake", ""),
    ]
    assert TrackChange.objects.filter(cued_at=None).count() == 4


def test_a_presenter_of_an_older_azuracast_counts_from_the_broadcast_on(webhook):
    """It does not note who played a track."""
    body = changed("azuracast/live_song", "now_playing.streamer", "")
    webhook(body)
    assert TrackChange.objects.get().title == "Rez"
    body["live"]["broadcast_start"] = body["now_playing"]["played_at"] + 60
    webhook(body)
    assert TrackChange.objects.order_by("id").last().artist == "DJ Nova"


# Nothing, and what comes next.


def test_an_offline_station_reports_nothing_by_any_way(station, webhook):
    body = payload("azuracast/offline")
    assert webhook(body) == "ignored"
    poll(station, body)
    feed(station, body)
    assert titles() == []


def test_the_cover_is_kept_where_it_is_an_address(webhook):
    webhook(payload(SONG))
    assert (
        TrackChange.objects.get().art_url
        == "https://r.example/api/station/azuratest_radio/art/775f5f6ab7ba2a0b0b6a4d1e"
    )


@pytest.mark.parametrize(
    "art", [None, 7, "", "javascript:alert(1)", "http://[bad", "/art/1", "https://x/" + "a" * 1000]
)
def test_a_cover_that_is_no_address_is_left_out_and_refuses_nothing(webhook, art: Any):
    assert webhook(changed(SONG, "now_playing.song.art", art)) == "accepted"
    assert TrackChange.objects.get().art_url == ""


@pytest.mark.parametrize(
    "live", [None, [], "x", {"is_live": "yes"}, {"is_live": True}, {"is_live": True, "streamer_name": 3}]
)
def test_a_presenter_that_cannot_be_read_refuses_nothing(webhook, live: Any):
    assert webhook(changed(SONG, "live", live)) == "accepted"
    assert TrackChange.objects.get().streamer == ""
