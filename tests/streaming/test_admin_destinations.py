"""Destinations in the console: the stream key goes in and never comes out."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from streaming.nodes.models import Encoder
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination, stream_key
from tests.factories import enter, make_station, make_user

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


def add(operator, **fields):
    sent = {"station": make_station().pk, "name": "", "url": "", "key": "", **fields}
    return operator.post(url("add"), sent)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"place": "youtube", "key": KEY, "backup": ""}, {"platform": "youtube", "backup": "standby"}),
        ({"place": "youtube", "key": KEY, "backup": "both"}, {"backup": "both"}),
        ({"place": "youtube", "key": KEY, "backup": "off"}, {"backup": "off"}),
        ({"place": "twitch", "key": KEY, "url": "left over", "to_storage": "on"}, {"url": "rtmp://live.twitch.tv/app"}),
        (
            {"place": "address", "key": KEY, "url": "rtmp://10.0.0.8/live", "allow_private": "on"},
            {"allow_private": True, "backup": "off"},
        ),
        (
            {"place": "address", "key": KEY, "url": "rtmp://a.example/x", "backup": "both", "backup_url": "rtmp://b.example/x"},
            {"backup": "both", "backup_url": "rtmp://b.example/x"},
        ),
        ({"place": "srt", "url": "srt://a.example:9999", "passphrase": "0123456789"}, {"kind": "srt"}),
        ({"place": "hls", "url": "https://a.example/{key}/out.m3u8", "key": KEY}, {"kind": "hls"}),
        (
            {"place": "recording", "key": "left over", "segment_s": "60", "keep_hours": "5", "to_storage": "on"},
            {"kind": "recording", "segment_s": 60, "keep_hours": 5, "to_storage": True},
        ),
        ({"place": "recording"}, {"kind": "recording", "segment_s": 600, "keep_hours": None}),
    ],
)  # fmt: skip
def test_each_place_is_added_with_what_belongs_to_it(operator, sent, kept):
    answer = add(operator, **sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = Destination.objects.get()
    assert {name: getattr(row, name) for name in kept} == kept


def test_a_private_address_is_refused_at_its_field(operator):
    answer = add(operator, place="address", url="rtmp://10.0.0.8/live", key=KEY)
    assert "private" in str(answer.context["adminform"].form.errors["url"])


def test_a_broken_rule_is_said_when_the_destination_is_added(operator):
    answer = add(operator, place="twitch", key=KEY)
    assert any("constant" in str(message) for message in get_messages(answer.wsgi_request))


def changed(operator, row, **fields):
    sent = {"name": row.name, "enabled": "on", "key": "", "url": row.url, "backup": row.backup, **fields}
    return operator.post(url("change", row.pk), sent)


def test_the_address_is_changed_and_the_key_stays(operator, destination):
    changed(operator, destination, url="rtmp://other.example/live")
    destination.refresh_from_db()
    assert (destination.url, stream_key(destination)) == ("rtmp://other.example/live", KEY)


@pytest.mark.parametrize(("typed", "seconds"), [("11:50", 42_600), ("47", 169_200), ("", None)])
def test_the_time_to_connect_anew_is_written_in_hours(operator, destination, typed, seconds):
    Destination.objects.update(renew_after_s=3600)
    changed(operator, destination, renewal=typed)
    destination.refresh_from_db()
    assert destination.renew_after_s == seconds
    page = operator.get(url("change", destination.pk)).content.decode()
    assert typed != "11:50" or 'value="11:50"' in page


@pytest.mark.parametrize("typed", ["soon", "1:75", "0:00", "999"])
def test_a_time_that_is_none_is_refused_at_its_field(operator, destination, typed):
    answer = changed(operator, destination, renewal=typed)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["renewal"]
    destination.refresh_from_db()
    assert destination.renew_after_s is None


def test_pausing_and_resuming_ask_for_no_key(operator, destination):
    for name, enabled in (("pause", False), ("resume", True)):
        operator.post(reverse(f"admin:streaming_destination_{name}", args=[destination.pk]), {"_form_submitted": "on"})
        destination.refresh_from_db()
        assert destination.enabled is enabled
    assert stream_key(destination) == KEY


def test_connecting_anew_is_asked_of_the_node(operator, destination):
    operator.post(reverse("admin:streaming_destination_renew", args=[destination.pk]), {"_form_submitted": "on"})
    destination.refresh_from_db()
    assert destination.renew_wanted_at is not None


def test_what_fails_comes_first_and_says_why(operator, destination):
    station = destination.station
    Encoder.objects.filter(station=station).update(state="RUNNING")
    well = add_destination(station=station, url="rtmp://a.example/live", name="A well one", key="k2k2k2k2k2")
    Destination.objects.filter(pk=well.pk).update(connected=True, state="up", connected_since=timezone.now())
    Destination.objects.filter(pk=destination.pk).update(
        state="waiting", down_since=timezone.now(), last_error="The server refused the key."
    )
    page = operator.get(url("changelist")).content.decode()
    assert page.index("The server refused the key.") < page.index("A well one")
    assert "Not connected" in page


def test_cells_are_refreshed_for_those_who_may_see_them(operator, client, destination):
    address = url("cells") + f"?key=destination:{destination.pk}:state&key=destination:nonsense:state&key=x"
    assert f"destination:{destination.pk}:why" in operator.get(address).content.decode()
    enter(client, make_user("other@example.org", is_staff=True))
    assert client.get(address).status_code == 403
