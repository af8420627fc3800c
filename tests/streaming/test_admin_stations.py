"""What an operator does to stations in the console."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse

from catalog.models import Rendition, Track
from catalog.visuals.content_key import content_key
from streaming.cues.models import Cue
from streaming.nodes.models import Encoder
from streaming.stations.checks import PLAYOUT
from streaming.stations.models import Station
from tests.factories import enter, make_airing, make_loop, make_profile, make_station, make_user

pytestmark = pytest.mark.django_db


def act(browser, name, station, data=None):
    url = reverse(f"admin:streaming_station_{name}", args=[station.pk])
    return browser.post(url, {"_form_submitted": "on", **(data or {})})


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def change_url(station):
    return reverse("admin:streaming_station_change", args=[station.pk])


def make_ready_loop(station, name="Harbour"):
    loop = make_loop(name)
    key = content_key(loop, station.profile)
    Rendition.objects.create(loop=loop, profile=station.profile, content_key=key, status=Rendition.Status.READY)
    return loop


def new_station(**changes):
    return {
        "name": "Harbour",
        "slug": "harbour",
        "source_kind": "icecast",
        "audio_url": "https://radio.example/live",
        "metadata_url": "",
        "shortcode": "",
        "profile": make_profile().pk,
        "secret": "",
        **changes,
    }


def test_start_wants_the_station_on_air(operator):
    station = make_station()
    response = act(operator, "start", station)
    station.refresh_from_db()
    assert station.wanted_on_air
    assert "is being started" in said(response)


def test_a_link_alone_starts_nothing(operator):
    station = make_station()
    assert operator.get(reverse("admin:streaming_station_start", args=[station.pk])).status_code == 405
    station.refresh_from_db()
    assert not station.wanted_on_air


def test_another_site_cannot_start_a_station(operator):
    station = make_station()
    operator.handler.enforce_csrf_checks = True
    assert act(operator, "start", station).status_code == 403
    station.refresh_from_db()
    assert not station.wanted_on_air


def test_stop_asks_once_and_then_stops(operator):
    station = make_station(wanted_on_air=True, state=Encoder.State.RUNNING)
    url = reverse("admin:streaming_station_stop", args=[station.pk])
    assert "Every destination of it ends now" in operator.get(url).content.decode()
    station.refresh_from_db()
    assert station.wanted_on_air
    act(operator, "stop", station)
    station.refresh_from_db()
    assert not station.wanted_on_air


def test_restart_asks_once_and_then_restarts(operator):
    station = make_station(wanted_on_air=True, state=Encoder.State.RUNNING)
    act(operator, "restart", station)
    station.refresh_from_db()
    assert station.restart_wanted_at is not None


def test_a_dialog_sends_the_browser_back_to_the_page_it_stood_on(operator):
    station = make_station(wanted_on_air=True)
    url = reverse("admin:streaming_station_stop", args=[station.pk])
    here = "http://testserver/admin/"
    response = operator.post(url, {"_form_submitted": "on"}, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=here)
    assert response.headers["HX-Redirect"] == here
    there = operator.post(url, {"_form_submitted": "on"}, HTTP_REFERER="https://evil.example/")
    assert there.url == reverse("admin:streaming_station_changelist")


@pytest.mark.parametrize(("how_long", "reason"), [("until_next", "manual"), ("held", "held")])
def test_a_loop_is_shown_now(operator, how_long, reason):
    station = make_station(wanted_on_air=True)
    loop = make_ready_loop(station)
    act(operator, "show_loop", station, {"loop": loop.pk, "how_long": how_long})
    cue = Cue.objects.get()
    assert (cue.loop, cue.reason) == (loop, reason)
    station.refresh_from_db()
    assert station.held_loop == (loop if how_long == "held" else None)


def test_a_loop_that_is_not_compiled_is_refused_with_the_reason(operator):
    station = make_station(wanted_on_air=True)
    response = act(operator, "show_loop", station, {"loop": make_loop("Harbour").pk, "how_long": "held"})
    assert "Harbour is being compiled" in said(response)
    assert not Cue.objects.exists()


def test_a_held_loop_is_released(operator):
    station = make_station(wanted_on_air=True)
    station.held_loop, station.default_loop = make_ready_loop(station, "Held"), make_ready_loop(station, "Default")
    station.save()
    act(operator, "release", station)
    station.refresh_from_db()
    assert station.held_loop is None
    assert Cue.objects.get().loop == station.default_loop


def test_testing_a_source_that_is_not_there_says_so(operator):
    station = make_station(source_kind="icecast", audio_url="http://127.0.0.1:9/live.mp3")
    response = act(operator, "test_source", station)
    message = next(iter(get_messages(response.wsgi_request)))
    assert message.level_tag == "error"
    assert str(message).startswith("Night Fm: ")


def test_a_new_webhook_secret_is_shown_once_and_works(operator):
    station = make_station(source_kind="azuracast")
    station.set_webhook_secret("the old one")
    station.save()
    page = act(operator, "new_secret", station, {"overlap_hours": "0"}).content.decode()
    secret = re.findall(r'data-copy="([^"]+)"', page)[0]
    station.refresh_from_db()
    assert station.knows_webhook_secret(secret)
    assert not station.knows_webhook_secret("the old one")
    assert secret not in operator.get(change_url(station)).content.decode()
    assert f"/webhook/azuracast/{station.slug}" in page


def test_the_present_webhook_secret_may_go_on_for_a_while(operator):
    station = make_station(source_kind="azuracast")
    station.set_webhook_secret("the old one")
    station.save()
    page = act(operator, "new_secret", station, {"overlap_hours": "24"}).content.decode()
    assert "The secret before it is taken until" in page
    station.refresh_from_db()
    assert station.knows_webhook_secret("the old one")
    assert "the one before works until" in operator.get(change_url(station)).content.decode()


def test_a_station_is_made_by_the_form(operator):
    operator.post(reverse("admin:streaming_station_add"), new_station(secret="hush-hush"))
    station = Station.objects.get(slug="harbour")
    assert station.encoder.state == Encoder.State.STOPPED
    assert station.knows_webhook_secret("hush-hush")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"audio_url": "ftp://radio.example"}, "audio_url", "is not a web address"),
        ({"audio_url": ""}, "audio_url", "needs its stream"),
        ({"slug": "-night-"}, "slug", "cannot be used"),
        ({"slug": "night-fm"}, "slug", "There is a station"),
        ({"metadata_url": "radio.example"}, "metadata_url", "is not a web address"),
        ({"shortcode": "a b"}, "shortcode", "cannot be used"),
    ],
)
def test_a_wrong_field_shows_its_sentence_and_nothing_is_stored(operator, changes, field, words):
    make_station("night-fm")
    response = operator.post(reverse("admin:streaming_station_add"), new_station(**changes))
    assert words in " ".join(response.context["adminform"].form.errors[field])
    assert Station.objects.count() == 1


def test_a_typed_secret_is_not_sent_back_with_the_form(operator):
    response = operator.post(reverse("admin:streaming_station_add"), new_station(slug="-", secret="hush-hush"))
    assert "hush-hush" not in response.content.decode()


def saved(station, **changes):
    return {
        "name": station.name,
        "description": "",
        "source_kind": station.source_kind,
        "audio_url": station.audio_url,
        "metadata_url": "",
        "shortcode": "",
        "profile": station.profile_id,
        "default_loop": "",
        **{name: _typed(getattr(station, name)) for name in PLAYOUT},
        **{
            f"{rows}-{count}_FORMS": 0
            for rows in ("playlist", "backups", "emergency", "members")
            for count in ("TOTAL", "INITIAL")
        },
        **changes,
    }


def _typed(value):
    return value or ""  # as a browser sends what is empty or not ticked


def test_a_changed_station_is_checked_like_a_new_one(operator):
    station = make_station(source_kind="icecast", audio_url="https://radio.example/live")
    response = operator.post(change_url(station), saved(station, audio_url="nonsense"))
    assert "is not a web address" in " ".join(response.context["adminform"].form.errors["audio_url"])
    station.refresh_from_db()
    assert station.audio_url == "https://radio.example/live"


def test_the_slug_stays_whatever_is_sent(operator):
    station = make_station(source_kind="icecast", audio_url="https://radio.example/live")
    operator.post(change_url(station), saved(station, name="Late FM", slug="late-fm"))
    station.refresh_from_db()
    assert (station.name, station.slug) == ("Late FM", "night-fm")


def test_a_new_default_loop_is_compiled_for_the_station(operator):
    station, loop = make_station(source_kind="icecast", audio_url="https://radio.example/live"), make_loop()
    operator.post(change_url(station), saved(station, default_loop=loop.pk))
    station.refresh_from_db()
    assert station.default_loop == loop
    assert Rendition.objects.filter(loop=loop, profile=station.profile).exists()


def test_the_playlist_is_kept_in_the_order_it_was_dragged_to(operator):
    station = make_station()
    first, second = (
        Track.objects.create(artist="A", title=t, sha256=t * 64, codec="mp3", duration_ms=1, size=1) for t in "ab"
    )
    rows: dict[str, object] = {"playlist-TOTAL_FORMS": 2}
    for number, (track, position) in enumerate([(first, 1), (second, 0)]):
        rows |= {f"playlist-{number}-track": track.pk, f"playlist-{number}-position": position}
    operator.post(change_url(station), saved(station, **rows))
    assert [entry.track for entry in station.playlist.all()] == [second, first]


def test_a_station_that_aired_cannot_be_deleted(operator):
    station = make_station()
    make_airing(station)
    assert (
        operator.post(reverse("admin:streaming_station_delete", args=[station.pk]), {"post": "yes"}).status_code == 403
    )
    assert Station.objects.exists()


def test_a_station_that_never_aired_can_be_deleted(operator):
    station = make_station()
    operator.post(reverse("admin:streaming_station_delete", args=[station.pk]), {"post": "yes"})
    assert not Station.objects.exists()


def test_who_may_only_look_may_not_start_a_station(client):
    clerk = make_user("clerk@example.org", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_station"))
    enter(client, clerk)
    station = make_station()
    assert act(client, "start", station).status_code == 403
    station.refresh_from_db()
    assert not station.wanted_on_air


def test_the_list_keeps_fresh_what_changes(operator):
    station = make_station(wanted_on_air=True, state=Encoder.State.FAILED)
    cells = operator.get(reverse("admin:console_station_cells")).content.decode()
    assert f'data-live="station:{station.pk}:state"' in cells
    assert "Failed" in cells
