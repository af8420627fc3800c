"""The encoding profiles that are there from the start."""

from __future__ import annotations

from typing import Any

USUAL = "720p30"
"""The profile of whatever does not ask for another."""

# Two seconds from keyframe to keyframe is what every platform asks for.
STANDARD: dict[str, dict[str, Any]] = {
    USUAL: {
        "width": 1280,
        "height": 720,
        "frame_rate": 30,
        "video_kbps": 3000,
        "gop_frames": 60,
        "level": "3.1",
    },
    "1080p30": {
        "width": 1920,
        "height": 1080,
        "frame_rate": 30,
        "video_kbps": 4500,
        "gop_frames": 60,
        "level": "4.0",
    },
}

# The same pictures at a strictly constant bit rate, as Twitch asks.
CONSTANT: dict[str, dict[str, Any]] = {
    f"{name}-cbr": {**fields, "strict_cbr": True} for name, fields in STANDARD.items()
}


def add_standard(profiles: Any) -> None:
    """Make or correct the standard profiles; ``profiles`` is the model's manager, of today or of a migration."""
    for name, fields in STANDARD.items():
        profiles.update_or_create(name=name, defaults=fields)


def add_constant(profiles: Any) -> None:
    """Make or correct the profiles of strictly constant bit rate; ``profiles`` as in :func:`add_standard`."""
    for name, fields in CONSTANT.items():
        profiles.update_or_create(name=name, defaults=fields)
