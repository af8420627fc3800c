"""What an encoder is told of each destination is what it understands."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from streaming.nodes import spec
from streaming.outputs.models import Destination
from streaming.outputs.orders import orders_for
from streaming.outputs.renewals import claim_renewals
from streaming.outputs.services import add_destination, change_destination, renew_destination
from streaming.playout.spec.outputs import HlsPushSpec, RecordingSpec, RtmpSpec, SrtSpec, parse_outputs
from tests.factories import make_slate, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return make_station(quiet_hour=23)


def understood(destination: Destination):
    """Return the outputs as the engine reads them."""
    return parse_outputs(orders_for(destination, slug="night-fm", quiet_hour=23), "outputs")


def test_rtmp_with_a_backup_that_stands_by(station):
    row = add_destination(station=station, url="youtube", key="abcd-1234")
    (one,) = understood(row)
    assert isinstance(one, RtmpSpec)
    assert (one.id, one.url, one.key) == (str(row.pk), "rtmps://a.rtmps.youtube.com:443/live2", "abcd-1234")
    assert one.backup_url == "rtmps://b.rtmps.youtube.com:443/live2?backup=1"
    assert (one.private, one.renew.overlap, one.renew.quiet_hour) == (False, "backup", 23)


def test_both_ingests_are_two_outputs_renewed_an_hour_apart(station):
    row = add_destination(station=station, url="youtube", key="abcd-1234", backup="both")
    first, second = understood(row)
    assert (first.id, second.id) == (str(row.pk), f"{row.pk}:backup")
    assert (first.url, second.url) == (row.url, row.backup_url)
    assert first.key == second.key == "abcd-1234"
    assert (first.backup_url, second.backup_url) == (None, None)
    assert (first.renew.quiet_hour, second.renew.quiet_hour) == (23, 0)
    assert {first.renew.overlap, second.renew.overlap} == {"none"}


def test_srt_with_its_secrets(station):
    row = add_destination(
        station=station,
        url="srt://10.0.0.9:9999?latency=300",
        key="id",
        passphrase="0123456789",
        allow_private=True,
    )
    (one,) = understood(row)
    assert isinstance(one, SrtSpec)
    assert (one.key, one.passphrase, one.latency_ms, one.private) == ("id", "0123456789", 300, True)
    assert b"0123456789" not in bytes(row.passphrase_sealed)


def test_srt_without_any(station):
    (one,) = understood(add_destination(station=station, url="srt://live.example.org:9999"))
    assert (one.key, one.passphrase, one.private) == ("", "", False)


def test_hls_push_keeps_the_keys_place(station):
    (one,) = understood(add_destination(station=station, url="youtube-hls", key="abcd"))
    assert isinstance(one, HlsPushSpec)
    assert "{key}" in one.url
    assert one.key == "abcd"


def test_a_recording_has_a_folder_of_its_own(station, settings):
    rows = [add_destination(station=station, url="recording", segment_s=60) for _ in range(2)]
    outputs = [understood(row)[0] for row in rows]
    assert all(isinstance(output, RecordingSpec) and output.segment_s == 60 for output in outputs)
    folders = {output.folder for output in outputs}
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {Path(settings.PLACES.home) / "recordings" / "night-fm"}


def test_the_relay_is_told_where_it_is_now(station, settings):
    settings.RELAY_URL = "rtmp://relay:1935/in"
    row = add_destination(station=station, url="relay", key="night")
    settings.RELAY_URL = "rtmp://other:1935/in"
    (one,) = understood(row)
    assert (one.url, one.private) == ("rtmp://other:1935/in", True)


def test_a_relay_that_is_gone_costs_only_its_destination(station, settings):
    make_slate()
    settings.RELAY_URL = "rtmp://relay:1935/in"
    add_destination(station=station, url="relay", key="night")
    settings.RELAY_URL = ""
    left_out: list[str] = []
    outputs = spec.outputs_for(station, left_out)
    assert [output["id"] for output in outputs] == ["preview"]
    assert "RELAY_URL" in left_out[0]


def test_a_wish_to_connect_anew_is_handed_on_once(station):
    one = add_destination(station=station, url="youtube", key="abcd-1234", backup="both")
    two = add_destination(station=station, url="twitch", key="abcd-1234")
    renew_destination(destination=one)
    assert claim_renewals(station=station) == [str(one.pk), f"{one.pk}:backup"]
    assert claim_renewals(station=station) == []
    Destination.objects.filter(pk=two.pk).update(renew_wanted_at=timezone.now(), enabled=False)
    assert claim_renewals(station=station) == []


def test_a_change_of_address_keeps_the_key_that_is_not_given(station):
    row = add_destination(station=station, url="youtube", key="abcd-1234")
    change_destination(destination=row, url="rtmps://c.rtmps.youtube.com/live2")
    (one,) = understood(row)
    assert (one.url, one.key) == ("rtmps://c.rtmps.youtube.com/live2", "abcd-1234")
    change_destination(destination=row, url="rtmp://live.example.org/app/other-key", backup="off")
    (one,) = understood(row)
    assert (one.url, one.key, row.platform) == ("rtmp://live.example.org/app", "other-key", "")


def test_srt_keeps_its_passphrase_until_another_or_none_is_given(station):
    row = add_destination(station=station, url="srt://a.example:9999", passphrase="0123456789")
    change_destination(destination=row, url="srt://b.example:9999", key="id")
    assert (understood(row)[0].passphrase, understood(row)[0].key) == ("0123456789", "id")
    change_destination(destination=row, passphrase="9876543210")
    assert (understood(row)[0].passphrase, understood(row)[0].key) == ("9876543210", "id")
    change_destination(destination=row, passphrase="")
    assert understood(row)[0].passphrase == ""


def test_what_the_relay_sends_is_not_sent_by_the_encoder_too(station):
    assert understood(add_destination(station=station, url="rtmp://a.example/x", key="k", via_relay=True)) == ()
