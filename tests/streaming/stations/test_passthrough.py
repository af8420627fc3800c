"""AAC that is passed through: what the encoder is told, and what the operator reads."""

from __future__ import annotations

import pytest
from django.urls import reverse

from streaming.nodes import spec
from streaming.playout.spec import parse_source
from streaming.stations.services import save_station
from tests.factories import make_slate, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    make_slate()
    return make_station("night-fm", source_kind="icecast", audio_url="http://radio.example/live")


def test_the_encoder_is_told_to_pass_aac_through_only_where_the_operator_says_so(station):
    assert not parse_source(spec.wanted_for(station)[0].source, "source").passthrough
    station.aac_passthrough = True
    save_station(station=station)
    assert parse_source(spec.wanted_for(station)[0].source, "source").passthrough


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ({}, "AAC that has the output&#x27;s form goes out as it comes"),
        ({"normalise": True}, "because loudness is evened out"),
        ({"silence_s": 15}, "because silence counts as loss"),
        ({"look": "spectrum"}, "because the look is drawn from the sound"),
    ],
)
def test_the_station_screen_says_whether_it_is_passed_through_and_why_not(station, operator, setting, reason):
    from streaming.nodes.models import Encoder

    Encoder.objects.filter(station=station).update(state="RUNNING", lane="main")
    for name, value in {"wanted_on_air": True, "aac_passthrough": True, **setting}.items():
        setattr(station, name, value)
    save_station(station=station)
    page = operator.get(reverse("admin:streaming_station_change", args=[station.pk])).content.decode()
    assert reason in page
    assert 'name="aac_passthrough"' in page
