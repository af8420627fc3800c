"""What the console tells of a destination: the same cells in the list, on its page and in what refreshes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from config.lib import admin_cells as cells
from streaming.console import states
from streaming.outputs import address as addresses
from streaming.outputs import disk, platforms
from streaming.outputs.models import Destination
from streaming.outputs.rules import profile_warnings, renew_after
from streaming.outputs.timespan import written
from streaming.outputs.told import masked_key
from streaming.platforms import told as platform_told

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

LIVE = ("state_told", "why", "lasts", "sent", "queue", "reconnects", "dropped", "renewals", "there")
"""What changes while one looks at it."""
Kind = Destination.Kind


class DestinationColumns:
    """Cells of a destination; they need ``station.encoder`` and ``station.profile`` to be loaded."""

    @admin.display(description="State", ordering="down_since")
    def state_told(self, row: Destination) -> SafeString:
        """Tell whether the stream arrives."""
        return _live(row, "state", states.destination_state(row).cell())

    @admin.display(description="Destination", ordering="name")
    def name_told(self, row: Destination) -> SafeString:
        """Tell its name and where it goes, without secrets."""
        where = row.url or row.get_kind_display()
        return format_html(
            '<span class="lw-now">{}</span><span class="lw-sub" title="{}">{}</span>',
            row.name,
            where,
            _short(row, where),
        )

    @admin.display(description="At the platform")
    def there(self, row: Destination) -> SafeString:
        """Tell how the platform sees it, where it is asked; needs ``plan__account`` to be loaded."""
        return _live(row, "there", platform_told.there(row))

    @admin.display(description="Why")
    def why(self, row: Destination) -> SafeString:
        """Tell what is wrong now; of what went wrong before only when."""
        return _live(row, "why", _why(row))

    @admin.display(description="Since")
    def lasts(self, row: Destination) -> SafeString:
        """Tell how long it has been connected, or down."""
        return _live(row, "lasts", _lasts(row))

    @admin.display(description="The platform's rules")
    def rules(self, row: Destination) -> SafeString:
        """Tell which of them the station's profile breaks."""
        found = profile_warnings(row)
        if found:
            return cells.lines(found)
        known = platforms.by_slug(row.platform)
        return format_html("{}", f"The profile suits {known.name}." if known else "None are known for this address.")

    @admin.display(description="Sent", ordering="bytes_total")
    def sent(self, row: Destination) -> SafeString:
        """Tell how much went there."""
        return _live(row, "sent", cells.amount(row.bytes_total))

    @admin.display(description="Waiting to be sent")
    def queue(self, row: Destination) -> SafeString:
        """Tell how far it lags behind."""
        return _live(row, "queue", cells.figure(f"{row.queued_ms / 1000:.1f} s"))

    @admin.display(description="Reconnects", ordering="reconnects_total")
    def reconnects(self, row: Destination) -> SafeString:
        """Tell how often it was connected anew because it broke."""
        return _live(row, "reconnects", cells.figure(row.reconnects_total))

    @admin.display(description="Packets left out", ordering="dropped_packets_total")
    def dropped(self, row: Destination) -> SafeString:
        """Tell how much did not fit through."""
        return _live(row, "dropped", cells.figure(row.dropped_packets_total))

    @admin.display(description="Planned renewals")
    def renewals(self, row: Destination) -> SafeString:
        """Tell how often and when it was connected anew as planned, and how long nothing went out."""
        return _live(row, "renewals", _renewals(row))

    @admin.display(description="Stream key")
    def masked_key(self, row: Destination) -> SafeString:
        """Show that there is a key, and its end to tell it by."""
        return format_html("<code>{}</code>", masked_key(row)) if row.key_sealed else cells.EMPTY

    @admin.display(description="Folder")
    def folder(self, row: Destination) -> SafeString:
        """Tell where its files lie on the node."""
        return format_html("<code>{}</code>", disk.folder_of(row.station.slug, row.pk))


def _why(row: Destination) -> SafeString:
    if row.enabled and not row.connected and row.down_since is not None:
        ahead = row.next_try_at is not None and row.next_try_at > timezone.now()
        retry = format_html(" It is tried again {}.", cells.ago(row.next_try_at)) if ahead else ""
        return format_html('<span class="lw-sentence">{}{}</span>', row.last_error or "It is being connected.", retry)
    if row.connected and row.on_backup:
        return format_html('<span class="lw-sentence">The first ingest has no stream. {}</span>', row.last_error)
    if row.connected and row.backup_connected is False:
        return format_html('<span class="lw-sentence">The backup ingest has no stream. {}</span>', row.last_error)
    if row.last_error:
        return format_html(
            '<span class="lw-sub" title="{}">Last error {}</span>', row.last_error, cells.ago(row.last_error_at)
        )
    return cells.EMPTY


def _lasts(row: Destination) -> SafeString:
    if row.connected:
        return format_html("up {}", cells.since(row.connected_since))
    return format_html("down {}", cells.since(row.down_since)) if row.down_since and row.enabled else cells.EMPTY


def _renewals(row: Destination) -> SafeString:
    if row.kind in (Kind.RECORDING, Kind.HLS):
        return cells.EMPTY
    planned = f"Every {written(renew_after(row))} h at most."
    if not row.renewals_total:
        return format_html("{}", planned)
    gap = "" if row.renewal_gap_ms is None else f", {row.renewal_gap_ms / 1000:.1f} s without a stream"
    return format_html("{} {} so far, last {}{}.", planned, row.renewals_total, cells.ago(row.renewed_at), gap)


def _short(row: Destination, where: str) -> str:
    """Return where it goes in a few words: the platform, else the address without its scheme."""
    if row.platform == addresses.RELAY:
        return "this installation's relay"
    return where.partition("://")[2] or where


def _live(row: Destination, part: str, told: SafeString) -> SafeString:
    return cells.live(f"destination:{row.pk}:{part}", told)
