"""The address of a rendition: equal content, profile and compiler give an equal key."""

from __future__ import annotations

import hashlib
import json

from catalog.visuals.models import EncodingProfile, Loop, TitleCard

# Raised whenever the compiler's output changes, so that old renditions are not taken for new ones.
COMPILER_VERSION = 2


def content_key(loop: Loop, profile: EncodingProfile, card: TitleCard | None = None) -> str:
    """Return 64 hexadecimal digits over the loop's bytes and join, the profile, the title and the compiler."""
    parts = {
        "loop": loop.sha256,
        "profile": profile.name,
        "width": profile.width,
        "height": profile.height,
        "frame_rate": profile.frame_rate,
        "video_kbps": profile.video_kbps,
        "gop_frames": profile.gop_frames,
        "level": profile.level,
        "buffer_ms": profile.buffer_ms,
        "strict_cbr": profile.strict_cbr,
        "blend": loop.blend,
        "card": card.content_key if card else "",
        "compiler": COMPILER_VERSION,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
