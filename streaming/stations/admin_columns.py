"""Columns of the stations' screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from config.lib import admin_cells
from streaming.console import cells, of_destinations, overview, sound, states
from streaming.stations import admin_sync
from streaming.stations.admin_actions import webhook_path

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from streaming.stations.models import Station


class StationColumns:
    """What the list and the page of a station tell."""

    @admin.display(description="State", ordering="encoder__state")
    def state(self, station: Station) -> SafeString:
        """Tell how it is."""
        return cells.state(_row(station))

    @admin.display(description="Now playing")
    def now(self, station: Station) -> SafeString:
        """Tell what is on."""
        return cells.now(_row(station))

    @admin.display(description="Sound")
    def source(self, station: Station) -> SafeString:
        """Tell whether sound arrives."""
        return cells.source(_row(station))

    @admin.display(description="Destinations")
    def destinations_up(self, station: Station) -> SafeString:
        """Tell how many are connected."""
        return cells.destinations(_row(station))

    @admin.display(description="Destinations")
    def destinations_told(self, station: Station) -> SafeString:
        """Tell of each whether the stream arrives, and why not."""
        return of_destinations.listed(_row(station))

    @admin.display(description="Uptime", ordering="encoder__started_at")
    def uptime(self, station: Station) -> SafeString:
        """Tell how long this life of the encoder has lasted."""
        return cells.uptime(_row(station))

    @admin.display(description="Restarts", ordering="encoder__restarts_total")
    def restarts(self, station: Station) -> SafeString:
        """Tell how often the encoder crashed."""
        encoder = states.encoder_of(station)
        return admin_cells.figure(encoder.restarts_total if encoder else 0)

    @admin.display(description="Held loop")
    def held(self, station: Station) -> SafeString:
        """Tell which loop is shown whatever plays."""
        loop = station.held_loop
        return admin_cells.state(loop.name, "busy", hint="Shown whatever plays.") if loop else admin_cells.EMPTY

    @admin.display(description="Now-playing title")
    def titles(self, station: Station) -> SafeString:
        """Tell whether a title is drawn into the picture, and lead to its design."""
        design = getattr(station, "title_design", None)
        words = design.look if design and design.enabled else "Off: choose a design"
        return admin_cells.link(reverse("admin:streaming_titledesign_change", args=[station.pk]), words)

    @admin.display(description="Picture and sound")
    def sync(self, station: Station) -> SafeString:
        """Tell how the picture finds its instant, and lead to the page where that can be seen and moved."""
        words = admin_sync.told(station)["heading"]
        return admin_cells.link(reverse("admin:streaming_station_sync", args=[station.pk]), words)

    @admin.display(description="Going out now")
    def loudness(self, station: Station) -> SafeString:
        """Tell where the sound comes from and how loud it is."""
        return sound.panel(_row(station))

    @admin.display(description="Webhook")
    def webhook(self, station: Station) -> SafeString:
        """Show where AzuraCast posts to."""
        return cells.webhook(station, webhook_path(station))

    @admin.display(description="Listeners' page")
    def listeners_page(self, station: Station) -> SafeString:
        """Lead to what listeners see."""
        return admin_cells.link(reverse("live:station", args=[station.slug]), f"/stations/{station.slug}/")


def _row(station: Station) -> overview.StationNow:
    """Read the station's present once per row and page."""
    kept: overview.StationNow | None = station.__dict__.get("_present")
    if kept is None:
        kept = station.__dict__["_present"] = overview.present(station, timezone.now())
    return kept
