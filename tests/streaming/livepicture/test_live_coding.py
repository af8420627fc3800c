"""What is coded live fits between renditions: same headers, same order, same rate."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import av
import pytest

from catalog.visuals.inside.encoder import Encoder, Profile
from catalog.visuals.inside.verify import Step, check_steps, verify
from streaming.livepicture.coding import LiveEncoder
from tests.streaming.livepicture.pictures import SMALL, grey, noise

FULL = [
    Profile(1280, 720, 30, 3000, 60, "3.1"),
    Profile(1920, 1080, 30, 4500, 60, "4.0"),
]
STRICT = [dataclasses.replace(profile, strict_cbr=True) for profile in FULL]


def _rendition_config(path: Path, profile: Profile) -> bytes:
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        encoder = Encoder(handle, profile)
        for shade in range(5):
            encoder.add(grey(profile, shade * 40))
        encoder.finish()
        return verify(handle, profile, 5)
    finally:
        os.close(handle)


@pytest.mark.parametrize("profile", [*FULL, *STRICT], ids=str)
def test_parameter_sets_are_a_renditions_byte_for_byte(profile, tmp_path):
    assert LiveEncoder(profile).config == _rendition_config(tmp_path / "r.mp4", profile)


def test_frames_come_in_a_renditions_order_and_all_decode():
    encoder = LiveEncoder(SMALL)
    coded = [frame for n in range(130) for frame in encoder.encode(grey(SMALL, n))] + encoder.finish()
    steps = [Step(frame.offset, place - 2, frame.key) for place, frame in enumerate(coded)]
    check_steps(steps, 130, SMALL.gop_frames)
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = encoder.config
    shades = []
    for frame in coded:
        packet = av.Packet(frame.data)
        packet.pts = frame.offset
        shades += [(shown.pts, shown.to_ndarray()[0, 0]) for shown in decoder.decode(packet)]
    shades += [(shown.pts, shown.to_ndarray()[0, 0]) for shown in decoder.decode(None)]
    assert [pts for pts, _ in shades] == list(range(130))
    assert max(abs(int(shade) - (16 + (pts or 0))) for pts, shade in shades) <= 6


@pytest.mark.parametrize("profile", [SMALL, dataclasses.replace(SMALL, kbps=800, strict_cbr=True)], ids=str)
def test_hard_pictures_after_easy_ones_never_burst_what_a_piece_may_have(profile):
    encoder = LiveEncoder(profile)
    pictures = (noise(profile, n) if n // 45 % 2 else grey(profile, n) for n in range(300))
    coded = [frame for picture in pictures for frame in encoder.encode(picture)] + encoder.finish()
    level = fullest = 0.0
    for frame in coded:
        level = max(0.0, level + len(frame.data) * 8 - profile.rate / profile.frame_rate)
        fullest = max(fullest, level)
    assert 0 < fullest <= profile.burst


def test_a_picture_comes_out_within_half_a_second_of_pictures():
    encoder = LiveEncoder(SMALL)
    held = next(n for n in range(60) if encoder.encode(grey(SMALL, n)))
    assert held <= 15
