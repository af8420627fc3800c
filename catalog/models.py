"""Tables of this floor, by room."""

from catalog.music.models import Track
from catalog.visuals.models import EncodingProfile, Loop, Rendition

__all__ = ["EncodingProfile", "Loop", "Rendition", "Track"]
