"""Titles are cut out of the sound exactly, whatever they hold."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.playout.sources.icy import TITLE_LIMIT, IcyReader, stream_title


def interleave(sound: bytes, interval: int, blocks: list[bytes]) -> bytes:
    parts, waiting = [], list(blocks)
    for place in range(0, len(sound), interval):
        piece = sound[place : place + interval]
        parts.append(piece)
        if len(piece) == interval:
            block = waiting.pop(0) if waiting else b""
            length = -(-len(block) // 16)
            parts.append(bytes([length]) + block.ljust(length * 16, b"\0"))
    return b"".join(parts)


def read_all(reader: IcyReader, size: int) -> bytes:
    return b"".join(iter(lambda: reader.read(size), b""))


@given(st.binary(max_size=3000), st.integers(1, 400), st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 99))
def test_the_sound_comes_through_byte_for_byte(sound, interval, blocks, size):
    reader = IcyReader(io.BufferedReader(io.BytesIO(interleave(sound, interval, blocks))), interval, lambda _: None)
    assert read_all(reader, size) == sound


def test_a_title_is_told_once_and_before_its_sound():
    titles: list[tuple[str, int]] = []
    block = b"StreamTitle='Ana - Blue';StreamUrl='';"
    data = interleave(b"x" * 40, 10, [block, block, b"", b""])
    got = bytearray()
    reader = IcyReader(io.BufferedReader(io.BytesIO(data)), 10, lambda title: titles.append((title, len(got))))
    while part := reader.read(7):
        got += part
    assert titles == [("Ana - Blue", 10)]


@pytest.mark.parametrize(
    ("block", "title"),
    [
        (b"StreamTitle='Ana - Blue';", "Ana - Blue"),
        (b"StreamTitle='Don't Stop';StreamUrl='';", "Don't Stop"),
        (b"StreamTitle='a;b';", "a;b"),
        (b"StreamTitle='';", ""),
        (b"StreamUrl='x';", None),
        (b"garbage", None),
        (b"", None),
        ("StreamTitle='Beyoncé – Halo';".encode(), "Beyoncé – Halo"),
        ("StreamTitle='Beyoncé';".encode("latin-1"), "Beyoncé"),
        ("StreamTitle='فيروز - حبيتك';".encode(), "فيروز - حبيتك"),
        (b"StreamTitle='<script>alert(1)</script>';", "<script>alert(1)</script>"),
        (b"StreamTitle='a\x00b\r\nc';", "abc"),
        (b"StreamTitle='" + b"x" * 4000 + b"';", "x" * TITLE_LIMIT),
        (b"StreamTitle='Ana';\x00\x00\x00", "Ana"),
    ],
)
def test_what_a_metadata_block_says(block, title):
    assert stream_title(block) == title


def test_a_lying_interval_ends_in_an_end_not_in_a_crash():
    reader = IcyReader(io.BufferedReader(io.BytesIO(b"x" * 50 + b"\xff")), 50, lambda _: None)
    assert read_all(reader, 1000) == b"x" * 50
