"""What a radio sends is known by its bytes: the form of the sound, a change of it, metadata that is none."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from streaming.playout.errors import SourceError
from streaming.playout.sources.decode import decode
from streaming.playout.sources.flow import Flow, FormLostError
from streaming.playout.sources.icy import IcyReader
from streaming.playout.sources.sniff import sniff
from tests.streaming.playout.radios import FORMS, encoded


@pytest.fixture(scope="module")
def forms():
    return {name: encoded(form, seconds=3) for name, form in FORMS.items()}


@pytest.mark.parametrize(
    ("name", "demuxer"), [("mp3", "mp3"), ("mono mp3", "mp3"), ("aac", "aac"), ("slow aac", "aac"), ("opus", "ogg")]
)
def test_a_form_is_known_from_its_beginning_and_from_its_middle(forms, name, demuxer):
    data = forms[name]
    assert sniff(data[:9000]) == (demuxer, data.find(b"\xff") if demuxer != "ogg" else 0)
    if demuxer != "ogg":
        found = sniff(data[1001:9000])
        assert found
        assert found[0] == demuxer


def test_where_one_form_follows_another_the_place_of_the_second_is_found(forms):
    data = forms["mp3"][:8000] + forms["aac"][:4000]
    assert sniff(data) == ("aac", 8000)


@pytest.mark.parametrize("data", [b"", b"\0" * 9000, b"<html>not found</html>" * 99, b"\xff\xfb\x90"])
def test_what_is_no_sound_is_not_taken_for_it(data):
    assert sniff(data) is None


def test_noise_is_rarely_taken_for_sound():
    noise = np.random.default_rng(3).integers(0, 256, (50, 4000), dtype=np.uint8)
    assert sum(sniff(row.tobytes()) is not None for row in noise) <= 1


def _decoded(flow, form):
    with av.open(flow, "r", format=form, buffer_size=4096) as container:
        for frame in decode(container):
            flow.decoded(frame.samples / frame.sample_rate)


def test_a_change_of_form_is_noticed_within_what_the_buffer_holds_and_no_byte_of_the_new_one_is_lost(forms):
    first, second = forms["mp3"] * 2, forms["aac"]
    flow = Flow(io.BytesIO(first + second))
    assert flow.guess() == "mp3"
    with pytest.raises(FormLostError):
        _decoded(flow, "mp3")
    assert flow.find() == "aac"
    rest = b""
    while len(rest) < len(second):
        rest += flow.read(1 << 16)
    assert rest == second


def test_what_never_was_sound_is_an_error():
    flow = Flow(io.BytesIO(b"\1" * 1_000_000))
    assert flow.guess() is None
    with pytest.raises(SourceError, match="nothing that can be decoded"):
        flow.find()


def test_a_radio_that_promises_metadata_and_sends_none_is_seen_through(forms):
    data = forms["mp3"] * 3
    reader = IcyReader(io.BufferedReader(io.BytesIO(data)), 4000, lambda _: None)
    got = b"".join(iter(lambda: reader.read(700), b""))
    assert len(data) - len(got) <= 17 * 16
    assert got.endswith(data[-100_000:])


def _read_undecoded(flow):
    while flow.read(1024):
        pass


def test_a_form_that_was_a_mistake_is_given_up_after_two_seconds_of_stream(forms):
    source = io.BytesIO(forms["mp3"] * 2 + forms["aac"] * 9)
    flow = Flow(source)
    assert flow.guess() == "mp3"
    with pytest.raises(FormLostError):
        _decoded(flow, "mp3")
    assert flow.find() == "aac"
    began = source.tell()
    with pytest.raises(FormLostError):
        _read_undecoded(flow)
    assert source.tell() - began <= 3 * 16_000
    with pytest.raises(SourceError):
        flow.find()
