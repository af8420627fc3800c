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


def add_standard(profiles: Any) -> None:
    """Make or correct the standard profiles; ``profiles`` is the model's manager, of today or of a migration."""
    for name, fields in STANDARD.items():
        profiles.update_or_create(name=name, defaults=fields)
