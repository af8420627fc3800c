"""What a station turns to when its sound is lost is set in order, and running connections are kept."""

from __future__ import annotations

import pytest

from catalog.models import Track
from streaming.nodes import spec
from streaming.stations.errors import StationInvalidError
from streaming.stations.fallback import MOST_BACKUPS, Backup, set_backups, set_emergency
from tests.factories import make_slate, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    make_slate()
    return make_station(source_kind="icecast", audio_url="http://radio.example/live")


def make_track(title):
    return Track.objects.create(artist="Own", title=title, sha256=title, codec="mp3", duration_ms=1000, size=1)


def names(station):
    return list(station.backups.values_list("name", flat=True))


def test_backups_stand_in_the_order_given(station):
    set_backups(station=station, backups=[Backup("One", "http://a.example/1"), Backup("Two", "http://a.example/2")])
    assert names(station) == ["One", "Two"]


def test_backups_change_places_and_keep_their_rows(station):
    set_backups(station=station, backups=[Backup("One", "http://a.example/1"), Backup("Two", "http://a.example/2")])
    one, two = station.backups.all()
    set_backups(
        station=station,
        backups=[Backup("Two", two.audio_url, key=two.pk), Backup("First", one.audio_url, enabled=False, key=one.pk)],
    )
    assert [(b.pk, b.name, b.enabled) for b in station.backups.all()] == [
        (two.pk, "Two", True),
        (one.pk, "First", False),
    ]


def test_backups_that_are_left_out_are_gone_and_another_station_keeps_its_own(station):
    other = make_station("other")
    set_backups(station=other, backups=[Backup("Theirs", "http://a.example/9")])
    theirs = other.backups.get()
    set_backups(station=station, backups=[Backup("Mine", theirs.audio_url, key=theirs.pk)])
    set_backups(station=station, backups=[])
    assert names(station) == []
    assert names(other) == ["Theirs"]


@pytest.mark.parametrize(
    ("backup", "field"),
    [
        (Backup("", "http://a.example/"), "name"),
        (Backup("A", ""), "audio_url"),
        (Backup("A", "file:///etc/passwd"), "audio_url"),
        (Backup("A", "http://a b/"), "audio_url"),
    ],
)
def test_a_backup_that_cannot_be_used_is_refused_by_field_and_nothing_is_changed(station, backup, field):
    set_backups(station=station, backups=[Backup("One", "http://a.example/1")])
    with pytest.raises(StationInvalidError) as refused:
        set_backups(station=station, backups=[backup])
    assert refused.value.field == field
    assert names(station) == ["One"]


def test_there_is_a_bound_to_backups(station):
    with pytest.raises(StationInvalidError, match="at most"):
        set_backups(station=station, backups=[Backup(str(n), "http://a.example/") for n in range(MOST_BACKUPS + 1)])


def test_emergency_tracks_stand_in_the_order_given_and_may_repeat(station):
    one, two = make_track("1"), make_track("2")
    set_emergency(station=station, tracks=[one, two, one])
    rows = list(station.emergency.values_list("track_id", flat=True))
    assert rows == [one.pk, two.pk, one.pk]
    kept = station.emergency.last().pk
    set_emergency(station=station, tracks=[two])
    assert station.emergency.get().track_id == two.pk
    assert station.emergency.get().pk != kept


def test_the_encoder_is_told_backups_in_order_without_those_switched_off(station):
    set_backups(
        station=station,
        backups=[
            Backup("One", "http://a.example/1"),
            Backup("Off", "http://a.example/2", enabled=False),
            Backup("Two", "http://a.example/3"),
        ],
    )
    wanted, _ = spec.wanted_for(station)
    assert [b["name"] for b in wanted.sound["backups"]] == ["One", "Two"]
    assert wanted.sound["backups"][0]["source"]["url"] == "http://a.example/1"
    assert wanted.sound["return_after"] == 10.0
    assert "silence" not in wanted.sound
    assert "normalise" not in wanted.sound


def test_the_encoder_is_told_what_counts_as_loss_and_how_loud_to_be(station):
    station.silence_s, station.silence_db, station.normalise = 15, -55.0, True
    station.return_after_s = 30
    wanted, _ = spec.wanted_for(station)
    assert wanted.sound["silence"] == {"db": -55.0, "seconds": 15.0}
    assert wanted.sound["normalise"] == {"lufs": -14, "peak_db": -1}
    assert wanted.sound["return_after"] == 30.0


def test_an_emergency_track_whose_file_is_gone_is_left_out_and_named(station):
    set_emergency(station=station, tracks=[make_track("Gone")])
    wanted, left_out = spec.wanted_for(station)
    assert "emergency" not in wanted.sound
    assert "Gone is left out of the emergency playlist" in left_out[0]


def test_what_is_told_is_a_sound_the_engine_takes(station):
    from streaming.playout.spec import parse_sound

    set_backups(station=station, backups=[Backup("One", "http://a.example/1")])
    station.silence_s, station.normalise = 15, True
    wanted, _ = spec.wanted_for(station)
    sound = parse_sound(wanted.sound, "sound")
    assert sound.backups[0].name == "One"
    assert sound.silence.seconds == 15
    assert sound.normalise.lufs == -14


def test_the_console_saves_backups_in_the_order_they_were_dragged_to(station, operator):
    from django.urls import reverse

    set_backups(station=station, backups=[Backup("One", "http://a.example/1"), Backup("Two", "http://a.example/2")])
    one, two = station.backups.all()
    url = reverse("admin:streaming_station_change", args=[station.pk])
    answer = operator.post(url, {**_form(operator, url), **_row(0, one, 2), **_row(1, two, 1), **_new(2, "Three")})
    assert answer.status_code == 302, answer.context["errors"]
    assert names(station) == ["Two", "One", "Three"]
    assert station.backups.get(name="One").pk == one.pk


def test_the_console_names_the_row_that_is_wrong(station, operator):
    from django.urls import reverse

    url = reverse("admin:streaming_station_change", args=[station.pk])
    answer = operator.post(url, {**_form(operator, url), **_new(0, "Three", "")})
    assert answer.status_code == 200
    assert "This field is required." in answer.content.decode()


def test_an_address_that_cannot_be_used_is_named_at_its_row(station, operator):
    from django.urls import reverse

    url = reverse("admin:streaming_station_change", args=[station.pk])
    answer = operator.post(url, {**_form(operator, url), **_new(0, "Three", "file:///etc/passwd")})
    assert answer.status_code == 200
    assert "is not a web address" in answer.content.decode()
    assert names(station) == []


def _form(browser, url):
    """What a browser would send for an untouched page."""
    page = browser.get(url)
    form = page.context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    for formset in (inline.formset for inline in page.context["inline_admin_formsets"]):
        data |= {f"{formset.prefix}-{key}": value for key, value in formset.management_form.initial.items()}
        data[f"{formset.prefix}-TOTAL_FORMS"] = 3 if formset.prefix == "backups" else 0
    return {key: value for key, value in data.items() if value is not None and value is not False}


def _row(number, backup, priority):
    return {
        f"backups-{number}-id": str(backup.pk),
        f"backups-{number}-name": backup.name,
        f"backups-{number}-audio_url": backup.audio_url,
        f"backups-{number}-enabled": "on",
        f"backups-{number}-priority": priority,
    }


def _new(number, name, url="http://a.example/3"):
    return {
        "backups-TOTAL_FORMS": number + 1,
        f"backups-{number}-name": name,
        f"backups-{number}-audio_url": url,
        f"backups-{number}-enabled": "on",
        f"backups-{number}-priority": number + 1,
    }
