"""Columns of the loops' and renditions' screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from catalog.visuals import admin_cells as own_cells
from catalog.visuals.models import Rendition
from config.lib import admin_cells as cells

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from catalog.visuals.models import Loop


class LoopColumns:
    """What the list and the page of a loop tell."""

    @admin.display(description="")
    def picture(self, loop: Loop) -> SafeString:
        """Show it."""
        return own_cells.thumbnail(loop)

    @admin.display(description="Length", ordering="duration_ms")
    def length(self, loop: Loop) -> SafeString:
        """Tell how long it is."""
        return cells.length(loop.duration_ms)

    @admin.display(description="Video", ordering="codec")
    def shape(self, loop: Loop) -> SafeString:
        """Tell codec, pixels and rate."""
        return own_cells.shape(loop)

    @admin.display(description="Size", ordering="size")
    def bytes(self, loop: Loop) -> SafeString:
        """Tell how big the upload is."""
        return cells.amount(loop.size)

    @admin.display(description="Tags")
    def tag_links(self, loop: Loop) -> SafeString:
        """Show its tags."""
        return own_cells.tags(loop)

    @admin.display(description="Upload", ordering="status")
    def status_told(self, loop: Loop) -> SafeString:
        """Tell how far intake is."""
        return own_cells.loop_status(loop)

    @admin.display(description="Compiled for")
    def renditions_told(self, loop: Loop) -> SafeString:
        """Tell how far its renditions are."""
        return own_cells.renditions(loop)

    @admin.display(description="Added", ordering="created_at")
    def age(self, loop: Loop) -> SafeString:
        """Tell since when it is here."""
        return cells.ago(loop.created_at)

    @admin.display(description="End to beginning")
    def join_told(self, loop: Loop) -> str:
        """Say how its end meets its beginning."""
        return own_cells.join(loop)

    @admin.display(description="Where it is used")
    def used(self, loop: Loop) -> SafeString:
        """List the stations and mappings that show it."""
        return own_cells.used(loop)

    @admin.display(description="Uploaded")
    def origin(self, loop: Loop) -> SafeString:
        """Tell by whom, and from which file."""
        return own_cells.origin(loop)

    @admin.display(description="Id")
    def id_told(self, loop: Loop) -> SafeString:
        """Give its id."""
        return cells.identifier(loop.pk)

    @admin.display(description="Preview")
    def preview(self, loop: Loop) -> SafeString:
        """Play the first rendition that is ready."""
        ready = loop.renditions.filter(status=Rendition.Status.READY, card=None).first()
        return own_cells.player(ready) if ready else own_cells.thumbnail(loop)


class RenditionColumns:
    """What the list, the rows inside a loop and the page of a rendition tell."""

    @admin.display(description="Status", ordering="status")
    def status_told(self, rendition: Rendition) -> SafeString:
        """Tell how far it is."""
        return own_cells.live_status(rendition)

    @admin.display(description="Title", ordering="card__title")
    def title_told(self, rendition: Rendition) -> str | SafeString:
        """Tell whose title is drawn on it."""
        return str(rendition.card) if rendition.card else cells.EMPTY

    @admin.display(description="Length", ordering="frames")
    def length(self, rendition: Rendition) -> SafeString:
        """Tell how long it is."""
        rate = rendition.profile.frame_rate
        return cells.length(rendition.frames * 1000 // rate) if rendition.frames and rate else cells.EMPTY

    @admin.display(description="Size", ordering="size")
    def bytes(self, rendition: Rendition) -> SafeString:
        """Tell how big it is."""
        return cells.amount(rendition.size) if rendition.size else cells.EMPTY

    @admin.display(description="Ready", ordering="ready_at")
    def compiled(self, rendition: Rendition) -> SafeString:
        """Tell since when it is ready."""
        return cells.ago(rendition.ready_at)

    @admin.display(description="Asked for")
    def age(self, rendition: Rendition) -> SafeString:
        """Tell when it was asked for."""
        return cells.ago(rendition.created_at)

    @admin.display(description="Content key")
    def key_told(self, rendition: Rendition) -> SafeString:
        """Give its address by content."""
        return cells.identifier(rendition.content_key)

    @admin.display(description="Preview")
    def preview(self, rendition: Rendition) -> SafeString:
        """Play it."""
        return own_cells.player(rendition)
