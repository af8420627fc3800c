"""AzuraCast posts its now-playing object; each play is kept once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from streaming.sources import views
from streaming.sources.models import TrackChange
from streaming.sources.rate import Buckets
from tests.factories import make_station
from tests.payloads import changed, payload, without
from tests.streaming.sources.conftest import SECRET
from tests.streaming.sources.webhook_cases import WebhookCases

SONG = "azuracast/song_changed"
MUST_BE_THERE = [
    "now_playing",
    "now_playing.sh_id",
    "now_playing.played_at",
    "now_playing.duration",
    "now_playing.song",
    "now_playing.song.id",
    "now_playing.song.artist",
    "now_playing.song.title",
]
WRONG_TYPES = [
    ("now_playing", []),
    ("now_playing", "Chet Porter - Aluko River"),
    ("now_playing", False),
    ("now_playing.sh_id", "4711"),
    ("now_playing.sh_id", None),
    ("now_playing.sh_id", 4711.5),
    ("now_playing.sh_id", True),
    ("now_playing.sh_id", -1),
    ("now_playing.sh_id", 2**70),
    ("now_playing.sh_id", [4711]),
    ("now_playing.played_at", "2020-06-07T16:45:18Z"),
    ("now_playing.played_at", None),
    ("now_playing.played_at", 10**18),
    ("now_playing.duration", "180"),
    ("now_playing.duration", None),
    ("now_playing.duration", -1),
    ("now_playing.duration", 10**12),
    ("now_playing.duration", {}),
    ("now_playing.song", None),
    ("now_playing.song", "Aluko River"),
    ("now_playing.song", []),
    ("now_playing.song.id", 17),
    ("now_playing.song.artist", ["Chet Porter"]),
    ("now_playing.song.artist", 3),
    ("now_playing.song.title", {"en": "Aluko River"}),
    ("now_playing.song.title", True),
    ("now_playing.song.title", 1999),
    ("now_playing.song.album", 0),
]


class TestNowPlaying(WebhookCases):
    url = "/webhook/azuracast/night-fm"
    good = payload(SONG)

    def test_a_change_is_kept_with_all_it_says(self, client):
        self.post(client)
        change = TrackChange.objects.get()
        assert (change.artist, change.title, change.album) == ("Chet Porter", "Aluko River", "Moving Castle")
        assert (change.track_key, change.song_id) == ("chet porter - aluko river", "9f33bbc912c19603e51be8e0987d076b")
        assert (change.dedupe_key, change.origin, change.duration_ms) == ("sh:4711", "webhook", 180_000)
        assert change.started_at == datetime.fromtimestamp(1591548318, UTC)
        assert change.payload == self.good
        assert change.cued_at is None

    def test_the_same_play_again_is_a_duplicate(self, client):
        self.post(client)
        again = self.post(client)
        assert (again.status_code, again.json()) == (202, {"status": "duplicate"})
        assert TrackChange.objects.count() == 1

    def test_the_same_song_played_again_is_a_new_play(self, client):
        self.post(client)
        assert self.post(client, changed(SONG, "now_playing.sh_id", 4712)).json() == {"status": "accepted"}
        assert TrackChange.objects.count() == 2

    def test_the_same_number_at_another_station_is_another_play(self, client):
        other = make_station("day-fm", source_kind="azuracast")
        other.set_webhook_secret(SECRET)
        other.save()
        self.post(client)
        assert self.post(client, url="/webhook/azuracast/day-fm").json() == {"status": "accepted"}

    @pytest.mark.parametrize("path", MUST_BE_THERE)
    def test_a_missing_field_is_named(self, client, path: str):
        self.assert_refused(self.post(client, without(SONG, path)), 422, path)

    @pytest.mark.parametrize(("path", "value"), WRONG_TYPES)
    def test_a_field_of_the_wrong_type_is_named(self, client, path: str, value: Any):
        self.assert_refused(self.post(client, changed(SONG, path, value)), 422, path)

    @pytest.mark.parametrize("name", ["azuracast/nothing_playing", "azuracast/offline"])
    def test_nothing_playing_is_ignored(self, client, name: str):
        response = self.post(client, payload(name))
        assert (response.status_code, response.json()) == (202, {"status": "ignored"})
        assert not TrackChange.objects.exists()

    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("custom_fields_object", "chet porter - aluko river"),
            ("live_dj", "dj jazzy jeff - live"),
            ("untitled", ""),
            ("unknown_fields", "chet porter - aluko river"),
            ("other_scripts", "فيروز - نسّم علينا الهوى feat 久石譲"),
        ],
    )
    def test_real_variants_are_understood(self, client, name: str, key: str):
        assert self.post(client, payload(f"azuracast/{name}")).json() == {"status": "accepted"}
        assert TrackChange.objects.get().track_key == key

    def test_texts_are_cut_and_cleaned_and_markup_stays_text(self, client):
        self.post(client, changed(SONG, "now_playing.song.title", "\x00<script>alert(1)</script>\u202e\n" + "x" * 4096))
        change = TrackChange.objects.get()
        assert change.title.startswith("<script>alert(1)</script> xxx")
        assert len(change.title) == 256

    def test_a_clock_ahead_of_ours_gives_no_start_in_the_future(self, client):
        self.post(client, changed(SONG, "now_playing.played_at", int(timezone.now().timestamp()) + 3600))
        assert TrackChange.objects.get().started_at <= timezone.now()

    def test_a_slash_at_the_end_is_forgiven(self, client):
        assert self.post(client, url=f"{self.url}/").status_code == 202

    def test_more_than_a_radio_sends_is_refused_until_it_slows_down(self, client, monkeypatch):
        now = [0.0]
        monkeypatch.setattr(views.webhook, "buckets", Buckets(per_second=1, burst=2, clock=lambda: now[0]))
        assert [self.post(client).status_code for _ in range(3)] == [202, 202, 429]
        refused = self.post(client)
        assert refused["Retry-After"] == "1"
        assert refused["Content-Type"] == "application/problem+json"
        now[0] = 1.0
        assert self.post(client).status_code == 202

    def test_a_stranger_cannot_use_up_what_the_radio_may_send(self, client, monkeypatch):
        monkeypatch.setattr(views.webhook, "buckets", Buckets(per_second=1, burst=1, clock=lambda: 0.0))
        assert {self.post(client, secret="wrong").status_code for _ in range(5)} == {401}
        assert self.post(client).status_code == 202


class TestNowPlayingWithoutAStationInTheUrl(WebhookCases):
    url = "/webhook/azuracast"
    good = payload(SONG)

    def test_a_station_nobody_knows_is_not_found_whatever_the_secret(self, client):
        body = changed(SONG, "station.shortcode", "another_radio")
        self.assert_refused(self.post(client, body), 404, "station")
        self.assert_refused(self.post(client, body, secret="wrong"), 404, "station")

    def test_a_station_may_be_named_by_our_own_name(self, client):
        assert self.post(client, changed(SONG, "station.shortcode", "night-fm")).json() == {"status": "accepted"}

    def test_a_short_name_comes_before_another_stations_own_name(self, client):
        make_station("azuratest_radio", source_kind="azuracast")
        self.post(client)
        assert TrackChange.objects.get().station == self.station

    @pytest.mark.parametrize("path", ["station", "station.shortcode", *MUST_BE_THERE])
    def test_a_missing_field_is_named(self, client, path: str):
        self.assert_refused(self.post(client, without(SONG, path)), 422, path)

    @pytest.mark.parametrize(("path", "value"), [("station", None), ("station", []), ("station.shortcode", 1)])
    def test_a_station_of_the_wrong_type_is_named(self, client, path: str, value: Any):
        self.assert_refused(self.post(client, changed(SONG, path, value)), 422, path)

    def test_a_station_without_a_short_name_is_not_found(self, client):
        self.assert_refused(self.post(client, changed(SONG, "station.shortcode", "")), 404, "station")


class TestFlatBody(WebhookCases):
    url = "/webhook/azuracast/night-fm"
    good = payload("azuracast/flat")

    def test_a_song_is_kept(self, client):
        self.post(client)
        change = TrackChange.objects.get()
        assert (change.artist, change.title, change.song_id) == ("Daft Punk", "One More Time", "abc123")

    def test_the_same_song_again_is_a_duplicate(self, client):
        self.post(client)
        assert self.post(client).json() == {"status": "duplicate"}

    def test_the_same_song_after_another_one_is_a_new_play(self, client):
        self.post(client)
        self.post(client, changed("azuracast/flat", "song.title", "Aerodynamic"))
        assert self.post(client).json() == {"status": "accepted"}
        assert TrackChange.objects.count() == 3

    def test_song_and_start_name_a_play(self, client):
        first = payload("azuracast/flat_with_start")
        assert self.post(client, first).json() == {"status": "accepted"}
        assert self.post(client, first).json() == {"status": "duplicate"}
        assert self.post(client, {**first, "played_at": first["played_at"] + 600}).json() == {"status": "accepted"}
        assert TrackChange.objects.order_by("id").first().duration_ms == 320_000

    def test_a_number_is_taken_for_a_songs_id_and_none_is_needed(self, client):
        self.post(client, changed("azuracast/flat", "song.id", 17))
        assert TrackChange.objects.get().song_id == "17"
        assert self.post(client, without("azuracast/flat", "song.id")).status_code == 202

    def test_no_song_is_ignored(self, client):
        assert self.post(client, changed("azuracast/flat", "song", None)).json() == {"status": "ignored"}

    @pytest.mark.parametrize("path", ["song.artist", "song.title"])
    def test_a_missing_field_is_named(self, client, path: str):
        self.assert_refused(self.post(client, without("azuracast/flat", path)), 422, path)

    @pytest.mark.parametrize(
        ("path", "value"),
        [("song", []), ("song", "x"), ("song.title", 1), ("song.artist", {}), ("played_at", "now")],
    )
    def test_a_field_of_the_wrong_type_is_named(self, client, path: str, value: Any):
        self.assert_refused(self.post(client, changed("azuracast/flat", path, value)), 422, path)
