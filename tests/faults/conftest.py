"""What the fault tests start: the real engine, whole installations, and what they break."""

from __future__ import annotations

from tests.streaming.playout.conftest import coded_on_air, compiled, pictures, play, tones

__all__ = ["coded_on_air", "compiled", "pictures", "play", "tones"]
