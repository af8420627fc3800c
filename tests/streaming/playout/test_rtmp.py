"""RTMP on the wire: values, chunks and timestamps; and a real server's answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.playout.errors import OutputError
from streaming.playout.lease import Fence
from streaming.playout.outputs import amf
from streaming.playout.outputs.chunks import ChunkError, ChunkReader, Message, write_message
from streaming.playout.outputs.session import Address, Session

values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.dictionaries(st.text(min_size=1, max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(values, max_size=5))
def test_values_come_back_as_they_were_sent(sent):
    assert amf.decode(amf.encode(*sent)) == sent


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused(data):
    try:
        amf.decode(data)
    except amf.AmfError:
        return


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.binary(max_size=700)), max_size=6),
    st.sampled_from([128, 4096]),
    st.integers(1, 50),
)
def test_messages_survive_chunking_and_any_arrival(messages, chunk_size, piece):
    wire = b"".join(write_message(Message(9, body, stamp, 1), 6, chunk_size) for stamp, body in messages)
    reader = ChunkReader()
    reader.chunk_size = chunk_size
    got = [m for place in range(0, len(wire), piece) for m in reader.feed(wire[place : place + piece])]
    assert [(m.timestamp, m.body) for m in got] == messages


def test_timestamps_past_24_bits_go_into_the_extended_field_of_every_chunk():
    wire = write_message(Message(9, b"x" * 300, 2**24 + 5, 1), 6, 128)
    assert wire.count((2**24 + 5).to_bytes(4, "big")) == 3


@given(st.binary(max_size=400))
def test_a_peer_that_talks_nonsense_is_refused_or_waited_for(data):
    try:
        ChunkReader().feed(data)
    except ChunkError:
        return


def test_addresses():
    address = Address.parse("rtmps://a.rtmps.youtube.com:443/live2?backup=1")
    assert (address.host, address.port, address.secure, address.app) == (
        "a.rtmps.youtube.com",
        443,
        True,
        "live2?backup=1",
    )
    assert Address.parse("rtmp://localhost/live").port == 1935


@pytest.mark.peers("nginx")
def test_a_key_in_use_is_refused_with_a_sentence_that_tells_what_to_do(nginx_rtmp):
    first = Session(Address.parse(nginx_rtmp.rtmp_url()), Fence(), private=True)
    first.publish("taken")
    second = Session(Address.parse(nginx_rtmp.rtmp_url()), Fence(), private=True)
    with pytest.raises(OutputError, match=r"refused the stream key.*Check the key"):
        second.publish("taken")
    first.close()
    second.close()


@pytest.mark.peers("nginx")
def test_an_unknown_app_is_named(nginx_rtmp):
    session = Session(Address.parse(nginx_rtmp.rtmp_url().replace("/live", "/nowhere")), Fence(), private=True)
    with pytest.raises(OutputError, match=r"127.0.0.1"):
        session.publish("k")
    session.close()


def test_nobody_there_is_named():
    with pytest.raises(OutputError, match=r"127.0.0.1:1 cannot be reached: Connection refused"):
        Session(Address.parse("rtmp://127.0.0.1:1/live"), Fence(), private=True)
