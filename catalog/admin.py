"""The console's screens of this floor, by room."""

from catalog.licences.admin import LicenceAdmin
from catalog.music.admin import TrackAdmin
from catalog.visuals.admin import EncodingProfileAdmin, LoopAdmin, RenditionAdmin

__all__ = ["EncodingProfileAdmin", "LicenceAdmin", "LoopAdmin", "RenditionAdmin", "TrackAdmin"]
