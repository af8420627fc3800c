"""Operators see what is wrong on the start page, and make channels that never show their secrets again."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from streaming.alerts.models import AlertChannel
from streaming.alerts.services import close_alert
from streaming.nodes.models import Encoder
from streaming.outputs.models import Destination
from tests.factories import make_loop, make_station, make_user
from tests.fakes.chats import SECRETS, TOKEN, Answer

pytestmark = pytest.mark.django_db
CHANNELS = reverse("admin:streaming_alertchannel_changelist")
ADD = reverse("admin:streaming_alertchannel_add")
GIVEN = {"kind": "telegram", "name": "Night desk", "secret": TOKEN, "recipient": "-100123", "least": "error"}


def test_an_open_alert_is_on_the_start_page_until_it_is_over(operator, wrong):
    wrong("YouTube says the stream is offline.")
    assert "YouTube says the stream is offline." in operator.get(reverse("admin:index")).content.decode()
    close_alert(kind="destination-down", subject="destination:1")
    assert "YouTube says the stream is offline." not in operator.get(reverse("admin:index")).content.decode()


def test_what_the_start_page_says_of_a_destination_itself_is_not_said_twice(operator, wrong):
    now = timezone.now()
    station = make_station(state=Encoder.State.RUNNING, wanted_on_air=True, default_loop=make_loop())
    Encoder.objects.filter(pk=station.pk).update(seen_at=now, started_at=now, source_up=True)
    destination = Destination.objects.create(
        station=station, name="Twitch", url="rtmp://x/app", last_error="No answer."
    )
    wrong("The alert about Twitch.", subject=f"destination:{destination.pk}", station=station)

    page = operator.get(reverse("admin:index")).content.decode()
    assert "does not reach Twitch. No answer." in page
    assert "The alert about Twitch." not in page


def test_alerts_are_listed_with_who_was_told(operator, wrong, add):
    add("slack", name="Night desk")
    wrong("It is down.")
    page = operator.get(reverse("admin:streaming_alert_changelist")).content.decode()
    assert "It is down." in page
    assert "Night desk (waiting)" in page
    close_alert(kind="destination-down", subject="destination:1")
    listed = reverse("admin:streaming_alert_changelist")
    assert "It is down." not in operator.get(listed, {"open": "1"}).content.decode()
    assert "It is down." in operator.get(listed, {"open": "0"}).content.decode()


def test_a_channel_is_made_and_its_secret_is_on_no_page(operator):
    operator.post(ADD, GIVEN)
    channel = AlertChannel.objects.get()
    pages = [CHANNELS, reverse("admin:streaming_alertchannel_change", args=[channel.pk])]
    for page in pages:
        told = operator.get(page).content.decode()
        assert "Night desk" in told
        assert not any(secret in told for secret in SECRETS)


def test_a_form_that_is_refused_does_not_repeat_the_secret(operator):
    refused = operator.post(ADD, {**GIVEN, "recipient": "the night desk"}).content.decode()
    assert "Telegram&#x27;s chat is a number" in refused
    assert not any(secret in refused for secret in SECRETS)
    assert not AlertChannel.objects.exists()


def test_a_channel_is_changed_without_entering_its_secret_again(operator, chats):
    operator.post(ADD, GIVEN)
    channel = AlertChannel.objects.get()
    change = reverse("admin:streaming_alertchannel_change", args=[channel.pk])
    operator.post(change, {"name": "Day desk", "secret": "", "recipient": "@day_desk", "least": "critical"})
    changed = AlertChannel.objects.get()
    assert (changed.name, changed.recipient, changed.least, changed.enabled) == (
        "Day desk",
        "@day_desk",
        "critical",
        False,
    )
    assert bytes(changed.secret_sealed) == bytes(channel.secret_sealed)


def test_a_channel_is_tried_from_the_list_and_says_what_came_of_it(operator, chats):
    operator.post(ADD, GIVEN)
    url = reverse("admin:streaming_alertchannel_try_out", args=[AlertChannel.objects.get().pk])
    assert operator.get(url).status_code == 405
    assert "the message was taken" in operator.post(url, follow=True).content.decode()
    assert "a message to try this out" in chats.posts[0].body["text"]

    chats.answers.append(Answer(401, {"ok": False, "description": "Unauthorized"}))
    told = operator.post(url, follow=True).content.decode()
    assert "Telegram answered 401: Unauthorized." in told
    assert "Alerts do not reach Night desk" in operator.get(reverse("admin:index")).content.decode()


def test_the_api_lists_what_is_wrong_and_what_is_over(wrong):
    wrong("Down.", station=make_station())
    wrong("Over.", subject="destination:2")
    close_alert(kind="destination-down", subject="destination:2")
    client = APIClient()
    client.force_authenticate(make_user(is_staff=True, is_superuser=True))

    def listed(query=""):
        return [a["sentence"] for a in client.get(f"/api/v1/alerts/{query}").json()["results"]]

    assert listed() == ["Over.", "Down."]
    assert listed("?open=true") == ["Down."]
    assert listed("?open=false") == ["Over."]
    assert client.get("/api/v1/alerts/?open=perhaps").status_code == 422
    assert client.get("/api/v1/alerts/?open=true").json()["results"][0]["station"] == "night-fm"
