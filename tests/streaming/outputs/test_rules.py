"""A platform's rules are held against the station's profile; what breaks them is said with its remedy."""

from __future__ import annotations

import pytest

from catalog.visuals.models import EncodingProfile
from streaming.outputs.models import Destination
from streaming.outputs.rules import profile_warnings, renew_after
from streaming.stations.models import Station

HOUR = 3600


def destination(platform: str, renew_after_s: int | None = None, **shape) -> Destination:
    shape = {"width": 1280, "height": 720, "frame_rate": 30, "video_kbps": 3000, "gop_frames": 60, **shape}
    station = Station(name="Night", profile=EncodingProfile(name="own", level="3.1", **shape))
    return Destination(station=station, platform=platform, renew_after_s=renew_after_s)


@pytest.mark.parametrize("platform", ["youtube", "facebook", "kick", "", "relay"])
def test_the_usual_profile_suits(platform):
    assert profile_warnings(destination(platform)) == []


def test_twitch_asks_for_a_constant_bit_rate():
    assert "constant" in " ".join(profile_warnings(destination("twitch")))
    assert profile_warnings(destination("twitch", strict_cbr=True)) == []


@pytest.mark.parametrize(
    ("platform", "shape", "word"),
    [
        ("youtube", {"gop_frames": 150}, "keyframe every 4 seconds"),
        ("twitch", {"gop_frames": 120, "strict_cbr": True}, "keyframe every 2 seconds"),
        ("kick", {"gop_frames": 61}, "at most 60 frames"),
        ("twitch", {"video_kbps": 6001, "strict_cbr": True}, "at most 6000 kbit/s"),
        ("facebook", {"video_kbps": 4500}, "at most 4000 kbit/s at 720p30"),
        ("facebook", {"width": 720, "height": 1280, "video_kbps": 4500}, "at 720p30"),
        ("facebook", {"width": 1920, "height": 1080, "frame_rate": 60, "gop_frames": 120}, "1080p60"),
        ("kick", {"video_kbps": 9000}, "8500"),
        ("youtube", {"video_kbps": 800}, "at least 1500"),
        ("youtube", {"audio_kbps": 320}, "160 kbit/s of sound"),
    ],
)
def test_a_broken_rule_is_said_with_the_figure(platform, shape, word):
    warnings = profile_warnings(destination(platform, **shape))
    assert len(warnings) == 1
    assert word in warnings[0]
    assert "profile own" in warnings[0]


@pytest.mark.parametrize(
    ("platform", "wanted", "seconds"),
    [
        ("twitch", None, 47 * HOUR),
        ("facebook", None, 7 * HOUR + 3000),
        ("youtube", None, 20 * 24 * HOUR),
        ("youtube", 42_600, 42_600),
        ("", None, 20 * 24 * HOUR),
        ("", 99 * 24 * HOUR, 20 * 24 * HOUR),
    ],
)
def test_a_connection_is_renewed_before_the_platform_ends_it(platform, wanted, seconds):
    assert renew_after(destination(platform, wanted)) == seconds


def test_a_wish_beyond_the_platforms_limit_is_warned_of():
    assert "48 hours" in profile_warnings(destination("twitch", 48 * HOUR, strict_cbr=True))[0]
    assert profile_warnings(destination("twitch", 47 * HOUR, strict_cbr=True)) == []
