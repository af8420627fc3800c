"""Units as FLV tag bodies, which are RTMP's audio and video messages (Adobe, "Video File Format 10.1", annex E)."""

from __future__ import annotations

from typing import Any

from streaming.playout.units import Kind, StreamFormat, Unit

AVC_KEY, AVC_INTER = 0x17, 0x27
AAC = 0xAF
"""AAC; rate, size and channel bits are fixed for AAC, the configuration record tells the real ones."""


def headers(form: StreamFormat) -> tuple[bytes, bytes]:
    """Return the sequence headers: (video body, audio body)."""
    return bytes([AVC_KEY, 0, 0, 0, 0]) + form.video_config, bytes([AAC, 0]) + form.audio_config


SOUND = bytes([AAC, 1])


def tag(unit: Unit, form: StreamFormat) -> bytes:
    """Return what stands before a unit's data in its tag's body."""
    if unit.kind is Kind.AUDIO:
        return SOUND
    return ((AVC_KEY if unit.key else AVC_INTER) << 32 | 1 << 24 | form.composition_ms(unit)).to_bytes(5, "big")


def metadata(form: StreamFormat) -> dict[str, Any]:
    """Return ``onMetaData``'s properties."""
    return {
        "width": form.width,
        "height": form.height,
        "framerate": form.frame_rate,
        "videocodecid": 7,
        "videodatarate": 0.0,  # renditions of one run may differ; 0 says that it is not told
        "audiocodecid": 10,
        "audiosamplerate": form.sample_rate,
        "audiosamplesize": 16,
        "audiodatarate": form.audio_bitrate / 1000,
        "stereo": form.channels == 2,  # noqa: PLR2004
        "encoder": "Longwave",
    }
