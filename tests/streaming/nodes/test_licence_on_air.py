"""A licence that ends while its loop is on air: a node has the encoder show something else, by itself and soon."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from streaming.nodes.folder import EncoderFolder
from tests.factories import make_licence, make_loop, make_mapping, make_rendition
from tests.streaming.nodes.stage import heard, until
from tests.streaming.nodes.studio import change


def test_the_encoder_is_told_of_another_picture_within_a_minute(studio, station):
    default = make_rendition(make_loop("Default"))
    station.default_loop = default.loop
    station.save()
    licence = make_licence(valid_until=timezone.now() + timedelta(hours=1))
    rain = make_rendition(make_loop("Rain", licence=licence))
    make_mapping(station, rain.loop, "ana - blue")
    studio.node()
    studio.pid(station)
    change(station, "Blue", 1)
    folder = EncoderFolder(station.pk)
    until(lambda: any(c["picture"]["id"] == str(rain.pk) for c in heard(folder, "show")), "the loop on air")
    licence.valid_until = timezone.now()
    licence.save()
    began = time.monotonic()
    until(lambda: heard(folder, "show")[-1]["picture"]["id"] == str(default.pk), "the other picture", 60)
    assert time.monotonic() - began < 60
