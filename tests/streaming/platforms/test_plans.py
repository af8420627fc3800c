"""What an operator may wish for, and what is refused with the remedy."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config.env import EnvironmentValueError
from config.platforms import base_url, unit_costs
from streaming.outputs.services import add_destination
from streaming.platforms import services, thumbnails, wording
from streaming.platforms.errors import PlanInvalidError
from streaming.platforms.models import PlatformAccount
from tests.factories import make_station
from tests.streaming.platforms.cast import plan_at, round_now, sending
from tests.streaming.platforms.cast import station_on_air as on_air

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LETTERS = st.text(st.characters(codec="utf-8"), max_size=300)


@given(LETTERS, LETTERS, LETTERS)
def test_a_title_always_fits_and_is_never_empty(station, artist, title):
    words = wording.Words(f"N{station}", artist, title, NOW)
    for most in (wording.YOUTUBE_TITLE, wording.TWITCH_TITLE):
        line = wording.one_line("{artist} – {title} ({station})", words, most=most)
        assert 1 <= len(line) <= most
        assert not set(line) & set("<>\n\r\0")


@given(LETTERS)
def test_a_description_always_fits(text):
    told = wording.description("{station}\n" * 30, wording.Words(text, "", "", NOW))
    assert len(told.encode()) <= 5000


def test_what_stands_between_empty_words_goes_with_them():
    assert wording.one_line("{artist} – {title}", wording.Words("Night FM", "", "Blue", NOW), most=100) == "Blue"
    assert wording.one_line("{artist} – {title}", wording.Words("Night FM", "", "", NOW), most=100) == "Night FM"


@pytest.mark.parametrize(
    ("wishes", "field", "sentence"),
    [
        ({"title": "{song}"}, "title", r"\{song\} is not known"),
        ({"title": "  "}, "title", "Write a title"),
        ({"title": "<b>live"}, "title", "no < and >"),
        ({"description": "a < b"}, "description", "no < and >"),
        ({"description": "x" * 5001}, "description", "5000"),
        ({"rollover_minutes": 5}, "rollover_minutes", "30"),
        ({"tags": ["two words"]}, "tags", "no spaces"),
        ({"tags": [f"t{n}" for n in range(11)]}, "tags", "at most 10"),
        ({"privacy": "secret"}, "privacy", "secret"),
    ],
)
def test_a_wish_that_cannot_be_met_names_its_field(account, station, wishes, field, sentence):
    with pytest.raises(PlanInvalidError, match=sentence) as told:
        plan_at(account, station, **wishes)
    assert told.value.field == field


def test_a_destination_of_another_station_or_platform_is_refused(account, station):
    other = add_destination(station=make_station("day-fm"), url="youtube", key="abcd-efgh-1234")
    with pytest.raises(PlanInvalidError, match="another station"):
        plan_at(account, station, destination=other)
    twitch = add_destination(station=station, url="twitch", key="live_1_abcdefgh")
    with pytest.raises(PlanInvalidError, match="does not lead to YouTube"):
        plan_at(account, station, destination=twitch)


def test_a_destination_that_is_there_gets_youtubes_key(account, station, youtube):
    there = add_destination(station=station, url="youtube", key="typed-by-hand", name="Main")
    plan = plan_at(account, station, destination=there)
    round_now(account)
    there.refresh_from_db()
    plan.refresh_from_db()
    assert (plan.destination, there.name) == (there, "Main")
    assert there.key_hint != "hand"


def test_a_disconnected_account_takes_no_plan(account, station):
    account.state = PlatformAccount.State.DISCONNECTED
    account.save()
    with pytest.raises(PlanInvalidError, match="connect it first"):
        plan_at(account, station)


def test_a_twitch_channel_shows_one_station(streamer, station):
    plan_at(streamer, station)
    with pytest.raises(PlanInvalidError, match="one stream at a time"):
        plan_at(streamer, make_station("day-fm"))


def test_a_changed_title_is_said_at_twitch_again(streamer, station, twitch):
    plan = plan_at(streamer, station, title="One")
    round_now(streamer)
    sending(plan)
    round_now(streamer)
    services.change_plan(plan=plan, title="Two")
    round_now(streamer)
    assert twitch.channel["title"] == "Two"


def test_several_stations_of_one_channel_share_the_calls_of_a_look(account, youtube):
    for slug in ("one", "two", "three"):
        plan_at(account, on_air(slug))
    round_now(account)
    before = len(youtube.asked)
    round_now(account)
    assert [asked.what.rpartition("/")[2] for asked in youtube.asked[before:]] == ["liveStreams", "liveBroadcasts"]


def picture(tmp_path, width: int, height: int, kind: str = "PNG"):
    path = tmp_path / "picture"
    Image.effect_noise((width, height), 90).convert("RGB").save(path, kind)
    return path


@pytest.mark.parametrize("size", [(1280, 720), (3000, 3000), (640, 200)])
def test_a_thumbnail_is_encoded_anew_fitted_and_sent(account, station, youtube, tmp_path, size):
    plan = plan_at(account, station)
    services.set_thumbnail(plan=plan, path=picture(tmp_path, *size))
    round_now(account)
    (sent,) = youtube.thumbnails.values()
    assert len(sent) <= thumbnails.MOST_SENT
    with Image.open(io.BytesIO(sent)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (1280, 720))


def test_what_is_no_picture_is_refused(account, station, tmp_path):
    plan = plan_at(account, station)
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")
    with pytest.raises(PlanInvalidError, match="The picture is no JPEG, PNG") as told:
        services.set_thumbnail(plan=plan, path=wrong)
    assert told.value.field == "picture"
    with pytest.raises(PlanInvalidError, match="at least 640"):
        services.set_thumbnail(plan=plan, path=picture(tmp_path, 320, 180))


def test_quality_gives_way_to_size():
    noise = Image.effect_noise((1280, 720), 90).convert("RGB")
    best = thumbnails.encoded(noise)
    assert len(thumbnails.encoded(noise, most=len(best) // 2)) <= len(best) // 2


@pytest.mark.parametrize("value", ["http://example.org", "ftp://127.0.0.1", "youtube.com", ""])
def test_tokens_go_nowhere_without_tls(value):
    with pytest.raises(EnvironmentValueError, match="YOUTUBE_API_URL must begin with https://"):
        base_url("YOUTUBE_API_URL", value)


def test_costs_are_read_or_refused():
    assert unit_costs("X", ["a.list=2", " b.insert = 7 "]) == {"a.list": 2, "b.insert": 7}
    with pytest.raises(EnvironmentValueError, match="X must be written like"):
        unit_costs("X", ["a.list"])
