"""The platforms we know by their ingest hosts: a name, the address to start from, and whether they insist on TLS.

Addresses: OBS Studio's services.json, YouTube's RTMPS guide, Restreamer's Kick form.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    """A place to stream to; ``url`` is empty where every account has an address of its own."""

    slug: str
    name: str
    hosts: tuple[str, ...]
    url: str
    tls_only: bool = False


PLATFORMS = (
    Platform(
        "youtube",
        "YouTube",
        ("youtube.com",),
        "rtmps://a.rtmps.youtube.com:443/live2",
    ),
    Platform("twitch", "Twitch", ("twitch.tv", "contribute.live-video.net"), "rtmp://live.twitch.tv/app"),
    Platform(
        "facebook",
        "Facebook",
        ("facebook.com", "fbcdn.net"),
        "rtmps://live-api-s.facebook.com:443/rtmp",
        tls_only=True,
    ),
    Platform("kick", "Kick", ("global-contribute.live-video.net",), "", tls_only=True),
)


def by_slug(slug: str) -> Platform | None:
    """Return the platform an operator named in one word, e.g. ``youtube``."""
    return next((p for p in PLATFORMS if p.slug == slug.strip().lower()), None)


def by_host(host: str) -> Platform | None:
    """Return the platform whose ingest this host belongs to; the longest match wins."""
    matches = [(len(h), p) for p in PLATFORMS for h in p.hosts if host == h or host.endswith(f".{h}")]
    return max(matches, key=lambda match: match[0])[1] if matches else None
