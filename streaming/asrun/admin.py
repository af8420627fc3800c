"""The screens of the record: play history and errors. Read only, and never counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.html import format_html

from config.lib import admin_cells as cells
from config.lib.admin_pages import FactsAdmin
from streaming.asrun.models import Airing, ErrorEntry, SoundStep
from streaming.asrun.sound_words import heard, is_lost

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

SEVERITIES: dict[str, cells.Tone] = {
    ErrorEntry.Severity.WARNING: "warn",
    ErrorEntry.Severity.ERROR: "fail",
    ErrorEntry.Severity.CRITICAL: "fail",
}


@admin.register(Airing)
class AiringAdmin(FactsAdmin[Airing]):
    """Play history."""

    list_display = ("aired", "station", "artist", "title", "loop", "lasted", "switched", "flaw")
    list_filter = ("station", "started_at")
    list_select_related = ("station", "loop")
    search_fields = ("artist", "title", "album", "song_id")
    search_help_text = "Artist, title, album or song id, among the newest 20,000"
    fields = (
        ("station", "aired"),
        ("artist", "title"),
        ("album", "song"),
        ("loop", "lasted"),
        ("switched", "frame"),
        ("run_told", "sequence"),
        ("key_told", "pid"),
        "error_message",
    )
    readonly_fields = tuple(name for line in fields for name in (line if isinstance(line, tuple) else (line,)))

    @admin.display(description="Aired")
    def aired(self, airing: Airing) -> SafeString:
        """Tell when its first frame went out."""
        return cells.ago(airing.started_at)

    @admin.display(description="Lasted")
    def lasted(self, airing: Airing) -> SafeString:
        """Tell how long it was on air."""
        if airing.duration_seconds is None:
            return cells.state("On air", "ok", hint="It has not ended.")
        return cells.figure(cells.span(airing.duration_seconds))

    @admin.display(description="Switch")
    def switched(self, airing: Airing) -> SafeString:
        """Tell how long the picture took to change."""
        return cells.figure(f"{airing.switch_ms} ms")

    @admin.display(description="Errors")
    def flaw(self, airing: Airing) -> SafeString:
        """Tell whether something went wrong while it was on."""
        return cells.state("Error", "warn", hint=airing.error_message) if airing.had_errors else cells.EMPTY

    @admin.display(description="Song id")
    def song(self, airing: Airing) -> SafeString:
        """Give the source's id."""
        return cells.identifier(airing.song_id)

    @admin.display(description="Run")
    def run_told(self, airing: Airing) -> SafeString:
        """Give the encoder's life it belongs to."""
        return cells.identifier(airing.run_id)

    @admin.display(description="Track key")
    def key_told(self, airing: Airing) -> SafeString:
        """Give what mappings go by."""
        return cells.copyable(airing.track_key)


@admin.register(ErrorEntry)
class ErrorEntryAdmin(FactsAdmin[ErrorEntry]):
    """Errors."""

    list_display = ("when", "told", "station", "service", "sentence")
    list_filter = ("station", "severity", "timestamp")
    windowed = ("severity",)
    list_select_related = ("station",)
    search_fields = ("message", "service")
    search_help_text = "Words of the message, among the newest 20,000"
    fields = (("when", "told"), ("station", "service"), "message", "context", ("run_told", "sequence"))
    readonly_fields = ("when", "told", "station", "service", "message", "context", "run_told", "sequence")

    @admin.display(description="When")
    def when(self, entry: ErrorEntry) -> SafeString:
        """Tell when it happened."""
        return cells.ago(entry.timestamp)

    @admin.display(description="Severity")
    def told(self, entry: ErrorEntry) -> SafeString:
        """Tell how bad it is."""
        return cells.state(entry.get_severity_display().capitalize(), SEVERITIES[entry.severity])

    @admin.display(description="What happened")
    def sentence(self, entry: ErrorEntry) -> SafeString:
        """Tell what happened, over as many lines as it takes."""
        return format_html('<span class="lw-sentence">{}</span>', entry.message)

    @admin.display(description="Run")
    def run_told(self, entry: ErrorEntry) -> SafeString:
        """Give the encoder's life it belongs to."""
        return cells.identifier(entry.run_id)


@admin.register(SoundStep)
class SoundStepAdmin(FactsAdmin[SoundStep]):
    """Steps of the sound: from the main source to a backup, to the emergency playlist, and back."""

    list_display = ("when", "station", "where", "why")
    list_filter = ("station", "lane", "at")
    list_select_related = ("station",)
    search_fields = ("name", "reason")
    search_help_text = "Words of the reason, among the newest 20,000"
    fields = (("when", "station"), ("where", "name"), "why", ("run_told", "sequence"))
    readonly_fields = ("when", "station", "where", "name", "why", "run_told", "sequence")

    @admin.display(description="When")
    def when(self, step: SoundStep) -> SafeString:
        """Tell when it went out."""
        return cells.ago(step.at)

    @admin.display(description="Sound from")
    def where(self, step: SoundStep) -> SafeString:
        """Tell where the sound came from then."""
        word = heard(step.lane, step.name)
        return cells.state(word[:1].upper() + word[1:], "warn" if is_lost(step.lane) else "ok")

    @admin.display(description="Why")
    def why(self, step: SoundStep) -> SafeString:
        """Tell why, over as many lines as it takes."""
        return format_html('<span class="lw-sentence">{}</span>', step.reason)

    @admin.display(description="Run")
    def run_told(self, step: SoundStep) -> SafeString:
        """Give the encoder's life it belongs to."""
        return cells.identifier(step.run_id)
