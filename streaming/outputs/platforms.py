"""The platforms we know by their ingest hosts: where to start from, and the rules each has for what it is sent.

Addresses and figures: OBS Studio's services.json, YouTube's RTMPS guide and encoder settings
(support.google.com/youtube/answer/2853702), Twitch's broadcasting guidelines, Facebook's Live Video API reference,
Restreamer's Kick form and AWS IVS's service limits. ``rules.py`` holds a station's profile against them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Overlap = Literal["none", "same", "backup"]
HOUR = 3600
FLV_LIMIT_S = 20 * 24 * HOUR
"""FLV counts milliseconds in 31 bits, 24.8 days: nothing over RTMP is left connected for longer than this."""


@dataclass(frozen=True)
class Size:
    """The bit rates a platform asks for, for pictures up to this height and rate; kbit/s."""

    height: int
    frame_rate: int
    least_kbps: int
    most_kbps: int


@dataclass(frozen=True)
class Rules:
    """What a platform asks of a stream. Sound is always AAC at 48 kHz here, which all of them take.

    ``keyframe_s`` is the longest distance of keyframes, ``session_s`` when the platform ends a connection itself,
    ``renew_after_s`` when we end it before that, ``overlap`` how a connection may be replaced (docs/playout.md).
    """

    keyframe_s: float = 4.0
    sizes: tuple[Size, ...] = ()
    most_video_kbps: int | None = None
    constant_rate: bool = False
    most_audio_kbps: int = 320
    session_s: int | None = None
    renew_after_s: int | None = None
    overlap: Overlap = "none"


@dataclass(frozen=True)
class Platform:
    """A place to stream to; ``url`` is empty where every account has an address of its own."""

    slug: str
    name: str
    hosts: tuple[str, ...]
    url: str
    tls_only: bool = False
    backup_url: str = ""
    rules: Rules = Rules()
    archive_s: int | None = None
    """A longer broadcast is not kept as a video."""


YOUTUBE_SIZES = (
    Size(720, 30, 1500, 4000),
    Size(720, 60, 2250, 6000),
    Size(1080, 30, 3000, 10_000),
    Size(1080, 60, 4500, 12_000),
    Size(1440, 30, 6000, 15_000),
    Size(1440, 60, 9000, 24_000),
    Size(2160, 30, 13_000, 34_000),
    Size(2160, 60, 20_000, 51_000),
)
FACEBOOK_SIZES = (Size(720, 30, 1500, 4000), Size(1080, 30, 3000, 6000))
PLATFORMS = (
    Platform(
        "youtube",
        "YouTube",
        ("youtube.com",),
        "rtmps://a.rtmps.youtube.com:443/live2",
        backup_url="rtmps://b.rtmps.youtube.com:443/live2?backup=1",
        rules=Rules(sizes=YOUTUBE_SIZES, most_video_kbps=51_000, most_audio_kbps=160, overlap="backup"),
        archive_s=12 * HOUR,
    ),
    Platform(
        "twitch",
        "Twitch",
        ("twitch.tv", "contribute.live-video.net"),
        "rtmp://live.twitch.tv/app",
        rules=Rules(
            keyframe_s=2.0,
            most_video_kbps=6000,
            constant_rate=True,
            session_s=48 * HOUR,
            renew_after_s=47 * HOUR,
        ),
    ),
    Platform(
        "facebook",
        "Facebook",
        ("facebook.com", "fbcdn.net"),
        "rtmps://live-api-s.facebook.com:443/rtmp",
        tls_only=True,
        rules=Rules(
            sizes=FACEBOOK_SIZES,
            most_video_kbps=6000,
            most_audio_kbps=256,
            session_s=8 * HOUR,
            renew_after_s=7 * HOUR + 50 * 60,
        ),
    ),
    Platform(
        "kick",
        "Kick",
        ("global-contribute.live-video.net",),
        "",
        tls_only=True,
        rules=Rules(keyframe_s=2.0, most_video_kbps=8500),
    ),
)
YOUTUBE_HLS = "https://a.upload.youtube.com/http_upload_hls?cid={key}&copy=0&file=out.m3u8"
"""YouTube's other way in, by HLS push."""


def by_slug(slug: str) -> Platform | None:
    """Return the platform an operator named in one word, e.g. ``youtube``."""
    return next((p for p in PLATFORMS if p.slug == slug.strip().lower()), None)


def by_host(host: str) -> Platform | None:
    """Return the platform whose ingest this host belongs to; the longest match wins."""
    matches = [(len(h), p) for p in PLATFORMS for h in p.hosts if host == h or host.endswith(f".{h}")]
    return max(matches, key=lambda match: match[0])[1] if matches else None
