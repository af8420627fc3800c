"""Tables of this floor, by room."""

from catalog.licences.models import Licence
from catalog.music.models import Track
from catalog.visuals.models import Artwork, EncodingProfile, Loop, Rendition, TitleCard

__all__ = ["Artwork", "EncodingProfile", "Licence", "Loop", "Rendition", "TitleCard", "Track"]
