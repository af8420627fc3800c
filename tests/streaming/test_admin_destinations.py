"""Destinations in the console: the stream key goes in and never comes out."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse

from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination, stream_key
from tests.factories import make_station

pytestmark = pytest.mark.django_db
KEY = "abcd-efgh-ijkl-mnop-9876"


@pytest.fixture
def destination():
    return add_destination(station=make_station(), url="rtmp://relay.example/live", name="Relay", key=KEY)


def url(page, *args):
    return reverse(f"admin:streaming_destination_{page}", args=args)


def test_a_destination_is_added_and_its_key_is_sealed(operator):
    station = make_station()
    operator.post(url("add"), {"station": station.pk, "url": "rtmp://relay.example/live", "key": KEY, "name": ""})
    row = Destination.objects.get()
    assert stream_key(row) == KEY
    assert KEY.encode() not in bytes(row.key_sealed)


def test_no_page_ever_shows_the_key(operator, destination):
    operator.post(url("change", destination.pk), {"name": "Relay", "enabled": "on", "key": KEY[::-1]})
    pages = [
        operator.get(url("changelist")),
        operator.get(url("change", destination.pk)),
        operator.get(url("history", destination.pk)),
        operator.get(url("delete", destination.pk)),
        operator.get(reverse("admin:index")),
        operator.get(reverse("admin:streaming_station_change", args=[destination.station_id])),
    ]
    told = " ".join(page.content.decode() for page in pages) + " ".join(
        str(e.change_message) for e in LogEntry.objects.all()
    )
    assert KEY not in told
    assert KEY[::-1] not in told
    assert f"••••{KEY[::-1][-4:]}" in told


def test_a_refused_form_does_not_send_the_key_back(operator):
    station = make_station()
    response = operator.post(url("add"), {"station": station.pk, "url": "http://relay.example", "key": KEY, "name": ""})
    assert response.context["adminform"].form.errors["url"]
    assert KEY not in response.content.decode()
    assert not Destination.objects.exists()


def test_an_empty_key_keeps_the_present_one(operator, destination):
    operator.post(url("change", destination.pk), {"name": "Other", "enabled": "on", "key": ""})
    destination.refresh_from_db()
    assert (destination.name, stream_key(destination)) == ("Other", KEY)


def test_a_new_key_replaces_the_present_one(operator, destination):
    operator.post(url("change", destination.pk), {"name": "Relay", "enabled": "on", "key": "another-key-5555"})
    destination.refresh_from_db()
    assert stream_key(destination) == "another-key-5555"


def test_a_destination_is_left_out(operator, destination):
    operator.post(url("change", destination.pk), {"name": "Relay", "key": ""})
    destination.refresh_from_db()
    assert not destination.enabled


def test_a_name_that_is_taken_is_refused_at_its_field(operator, destination):
    add_destination(station=destination.station, url="rtmp://other.example/live", name="Other", key="k2k2k2k2k2")
    response = operator.post(url("change", destination.pk), {"name": "Other", "enabled": "on", "key": ""})
    assert "already" in " ".join(response.context["adminform"].form.errors["name"])


def test_a_destination_is_removed_after_one_question(operator, destination):
    assert operator.get(url("delete", destination.pk)).status_code == 200
    operator.post(url("delete", destination.pk), {"post": "yes"})
    assert not Destination.objects.exists()


def test_testing_a_destination_says_in_plain_words_what_is_wrong(operator, destination):
    Destination.objects.update(url="rtmp://127.0.0.1:9/live")
    response = operator.post(reverse("admin:streaming_destination_test", args=[destination.pk]))
    message = next(iter(get_messages(response.wsgi_request)))
    assert message.level_tag == "error"
    assert "Errno" not in str(message)
