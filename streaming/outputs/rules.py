"""Holds a station's encoding profile against a platform's rules, in sentences for the operator. Pure.

A broken rule is a warning and never a refusal: platforms change their minds, and a stream a little off the table
usually arrives. What a platform does about it (a worse picture, an ended stream) it does without a word to us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.outputs import platforms
from streaming.outputs.platforms import FLV_LIMIT_S, HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.models import EncodingProfile
    from streaming.outputs.models import Destination
    from streaming.outputs.platforms import Platform, Size


def profile_warnings(destination: Destination) -> list[str]:
    """Return what of the station's profile, and of when it connects anew, the platform will not like.

    Needs ``station.profile`` to be loaded; empty for what is no platform of ours.
    """
    platform = platforms.by_slug(destination.platform)
    if platform is None:
        return []
    profile = destination.station.profile
    return [*_picture(platform, profile), *_sound(platform, profile), *_session(platform, destination)]


def renew_after(destination: Destination) -> int:
    """Return after how many seconds its connection is renewed: the operator's word, the platform's limit, FLV's end."""
    platform = platforms.by_slug(destination.platform)
    asked = platform.rules.renew_after_s if platform else None
    return min(destination.renew_after_s or asked or FLV_LIMIT_S, FLV_LIMIT_S)


def size_for(platform: Platform, profile: EncodingProfile) -> Size | None:
    """Return the smallest of the platform's sizes that holds the profile's pictures, upright ones too."""
    height = min(profile.width, profile.height)
    fits = [s for s in platform.rules.sizes if s.height >= height and s.frame_rate >= profile.frame_rate]
    return min(fits, key=lambda size: (size.height, size.frame_rate)) if fits else None


def _picture(platform: Platform, profile: EncodingProfile) -> Iterator[str]:
    rules, name = platform.rules, platform.name
    keyframe = profile.gop_frames / profile.frame_rate
    if keyframe > rules.keyframe_s:
        yield (
            f"{name} wants a keyframe every {rules.keyframe_s:g} seconds at most; profile {profile.name} has one every "
            f"{keyframe:.3g}. Use a profile with at most {int(rules.keyframe_s * profile.frame_rate)} frames in a GOP."
        )
    if rules.constant_rate and not profile.strict_cbr:
        yield (
            f"{name} wants a strictly constant bit rate; profile {profile.name} saves bits on still pictures. "
            "Use a profile that is strictly constant if its viewers see the picture stall."
        )
    yield from _rate(platform, profile)


def _rate(platform: Platform, profile: EncodingProfile) -> Iterator[str]:
    name, rate, size = platform.name, profile.video_kbps, size_for(platform, profile)
    most = size.most_kbps if size else platform.rules.most_video_kbps
    if most is not None and rate > most:
        what = f"at {size.height}p{size.frame_rate}" if size else "of video"
        yield (
            f"{name} takes at most {most} kbit/s {what}; profile {profile.name} sends {rate}. "
            "Use a profile with less, or viewers get a stream that stalls."
        )
    if size is not None and rate < size.least_kbps:
        yield (
            f"{name} asks for at least {size.least_kbps} kbit/s at {size.height}p{size.frame_rate}; "
            f"profile {profile.name} sends {rate}. Use one with more, or a smaller picture."
        )
    if platform.rules.sizes and size is None:
        yield (
            f"{name} names no bit rate for {min(profile.width, profile.height)}p{profile.frame_rate}, "
            f"as profile {profile.name} sends it: it may be refused. Use a smaller picture or a lower frame rate."
        )


def _sound(platform: Platform, profile: EncodingProfile) -> Iterator[str]:
    most = platform.rules.most_audio_kbps
    if profile.audio_kbps > most:
        yield (
            f"{platform.name} takes at most {most} kbit/s of sound; profile {profile.name} sends {profile.audio_kbps}. "
            "Use a profile with less."
        )


def _session(platform: Platform, destination: Destination) -> Iterator[str]:
    limit = platform.rules.session_s
    if limit is not None and renew_after(destination) >= limit:
        yield (
            f"{platform.name} ends every stream after {limit // HOUR} hours, and this one is to be connected anew only "
            f"after {renew_after(destination) / HOUR:.3g}. Leave the time empty, or make it shorter."
        )
