"""Destinations are added, their keys sealed, and what the encoder says of them is kept."""

from __future__ import annotations

import pytest

from config.lib.vault import SealBrokenError
from streaming.nodes.models import EncoderRun
from streaming.outputs import services
from streaming.outputs.counters import growth
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.models import Destination
from streaming.outputs.recording import record_outputs
from tests.factories import make_station

pytestmark = pytest.mark.django_db
URL = "rtmps://a.rtmps.youtube.com:443/live2"


@pytest.fixture
def station():
    return make_station()


def test_the_key_is_sealed_and_only_its_end_is_shown(station):
    destination = services.add_destination(station=station, url=f"{URL}/abcd-efgh-1234")
    row = Destination.objects.get()
    assert (row.url, row.key_hint, row.name) == (URL, "1234", "YouTube")
    assert b"abcd" not in bytes(row.key_sealed)
    assert services.stream_key(destination) == services.stream_key(row) == "abcd-efgh-1234"


def test_a_key_sealed_for_one_destination_opens_no_other(station):
    one = services.add_destination(station=station, url=URL, key="abcd-efgh-1234")
    other = services.add_destination(station=station, url=URL, key="zzzz-efgh-1234")
    other.key_sealed = one.key_sealed
    with pytest.raises(SealBrokenError):
        services.stream_key(other)


def test_a_short_key_is_not_given_away_by_its_hint(station):
    assert services.add_destination(station=station, url=URL, key="st1").key_hint == ""


def test_names_are_made_when_none_is_given(station):
    names = [services.add_destination(station=station, url=URL, key=f"key-{n}").name for n in range(3)]
    assert names == ["YouTube", "YouTube 2", "YouTube 3"]


def test_a_name_twice_is_refused(station):
    services.add_destination(station=station, url=URL, key="one", name="Main")
    with pytest.raises(DestinationInvalidError) as refused:
        services.add_destination(station=station, url=URL, key="two", name="Main")
    assert refused.value.field == "name"


def test_the_same_address_and_key_is_refused_wherever_it_is_used(station):
    services.add_destination(station=station, url=URL, key="one")
    with pytest.raises(DestinationInvalidError) as refused:
        services.add_destination(station=make_station("other"), url=URL, key="one")
    assert refused.value.field == "key"
    assert Destination.objects.count() == 1


def test_a_key_may_be_replaced_by_itself_but_not_by_a_twin(station):
    one = services.add_destination(station=station, url=URL, key="one-one-one")
    services.add_destination(station=station, url=URL, key="two-two-two")
    services.set_key(destination=one, key="one-one-one")
    with pytest.raises(DestinationInvalidError):
        services.set_key(destination=one, key="two-two-two")
    assert services.stream_key(one) == "one-one-one"


def test_nothing_is_kept_of_a_destination_that_is_refused(station):
    with pytest.raises(DestinationInvalidError):
        services.add_destination(station=station, url="rtmp://host/live")
    assert not Destination.objects.exists()


def test_totals_grow_by_what_is_new(station):
    destination = services.add_destination(station=station, url=URL, key="one")
    run = EncoderRun.objects.create(station=station)
    told = {"id": str(destination.pk), "up": True, "bytes": 1000, "reconnects": 1, "dropped": 0, "error": None}
    record_outputs(station=station, run=run.pk, told=[told])
    record_outputs(station=station, run=run.pk, told=[{**told, "bytes": 1500}])
    destination.refresh_from_db()
    assert (destination.bytes_total, destination.reconnects_total, destination.connected) == (1500, 1, True)
    assert destination.connected_since is not None


def test_totals_outlive_the_encoder_and_the_node(station):
    destination = services.add_destination(station=station, url=URL, key="one")
    first, second = (EncoderRun.objects.create(station=station) for _ in range(2))
    told = {"id": str(destination.pk), "up": True, "bytes": 1000}
    record_outputs(station=station, run=first.pk, told=[told])
    record_outputs(station=station, run=second.pk, told=[{**told, "bytes": 300}])
    destination.refresh_from_db()
    assert destination.bytes_total == 1300


def test_a_counter_that_went_back_began_anew():
    again = growth({"run": "r", "bytes": 900, "reconnects": 2, "dropped": 0}, "r", {"bytes": 40, "reconnects": 2})
    assert again.add == {"bytes_total": 40, "reconnects_total": 0, "dropped_packets_total": 0, "renewals_total": 0}


def test_an_error_is_kept_with_its_time_and_the_connection_is_lost(station):
    destination = services.add_destination(station=station, url=URL, key="one")
    run = EncoderRun.objects.create(station=station)
    up = {"id": str(destination.pk), "up": True, "bytes": 1}
    record_outputs(station=station, run=run.pk, told=[up])
    record_outputs(station=station, run=run.pk, told=[{**up, "up": False, "error": "refused"}])
    destination.refresh_from_db()
    assert (destination.connected, destination.connected_since, destination.last_error) == (False, None, "refused")
    assert destination.last_error_at is not None


def test_without_an_encoder_nothing_is_connected(station):
    destination = services.add_destination(station=station, url=URL, key="one")
    run = EncoderRun.objects.create(station=station)
    record_outputs(station=station, run=run.pk, told=[{"id": str(destination.pk), "up": True}])
    record_outputs(station=station, run=None, told=[])
    destination.refresh_from_db()
    assert not destination.connected
