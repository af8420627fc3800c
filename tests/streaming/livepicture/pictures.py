"""Pictures to code, of a small profile."""

from __future__ import annotations

import av
import numpy as np

from catalog.visuals.inside.encoder import Profile

SMALL = Profile(320, 180, 30, 400, 60, "3.1")


def grey(profile: Profile, shade: int) -> av.VideoFrame:
    """One even shade: luma 16 + ``shade``."""
    return _picture(np.full((profile.height * 3 // 2, profile.width), 128, np.uint8), profile, 16 + shade % 200)


def noise(profile: Profile, seed: int) -> av.VideoFrame:
    """As hard to code as can be."""
    planes = np.random.default_rng(seed).integers(16, 235, (profile.height * 3 // 2, profile.width), np.uint8)
    return _picture(planes, profile, None)


def _picture(planes: np.ndarray, profile: Profile, luma: int | None) -> av.VideoFrame:
    if luma is not None:
        planes[: profile.height] = luma
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")
