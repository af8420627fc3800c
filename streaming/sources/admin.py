"""The screen of track changes: what sources reported. Read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from config.lib import admin_cells as cells
from config.lib.admin_pages import FactsAdmin
from streaming.sources.models import TrackChange

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


@admin.register(TrackChange)
class TrackChangeAdmin(FactsAdmin[TrackChange]):
    """Track changes."""

    list_display = ("received", "station", "artist", "title", "origin", "taken_up", "song")
    list_filter = ("station", "origin")
    windowed = ("origin",)
    list_select_related = ("station",)
    search_fields = ("artist", "title", "song_id")
    search_help_text = "Artist, title or song id, among the newest 20,000"
    fields = (
        ("station", "origin"),
        ("artist", "title"),
        ("album", "song"),
        ("streamer", "is_jingle"),
        ("began", "length"),
        ("received", "taken_up"),
        ("key_told", "dedupe_key"),
        "art_url",
        "payload",
    )
    readonly_fields = tuple(name for line in fields for name in (line if isinstance(line, tuple) else (line,)))

    @admin.display(description="Received")
    def received(self, change: TrackChange) -> SafeString:
        """Tell when it came."""
        return cells.ago(change.received_at)

    @admin.display(description="Began")
    def began(self, change: TrackChange) -> SafeString:
        """Tell when the source says the track began."""
        return cells.ago(change.started_at)

    @admin.display(description="Taken up")
    def taken_up(self, change: TrackChange) -> SafeString:
        """Tell how long it waited for a node."""
        if change.cued_at is None:
            return cells.state("Waiting", "busy", hint="No node has taken it up yet.")
        waited = (change.cued_at - change.received_at).total_seconds()
        return cells.figure(f"after {waited * 1000:.0f} ms" if waited < 1 else f"after {cells.span(waited)}")

    @admin.display(description="Length")
    def length(self, change: TrackChange) -> SafeString:
        """Tell how long the source says it is."""
        return cells.length(change.duration_ms) if change.duration_ms else cells.EMPTY

    @admin.display(description="Song id")
    def song(self, change: TrackChange) -> SafeString:
        """Give the source's id."""
        return cells.identifier(change.song_id)

    @admin.display(description="Track key")
    def key_told(self, change: TrackChange) -> SafeString:
        """Give what mappings go by."""
        return cells.copyable(change.track_key)
