"""Cells of the loops' and renditions' tables."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from catalog.visuals.inside.joining import SEAMLESS
from catalog.visuals.models import Loop, Rendition
from config.lib import admin_cells as cells

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

_LOOP_TONES: dict[str, cells.Tone] = {
    Loop.Status.CHECKING: "busy",
    Loop.Status.READY: "ok",
    Loop.Status.REFUSED: "fail",
}
_TONES: dict[str, cells.Tone] = {
    Rendition.Status.WAITING: "busy",
    Rendition.Status.READY: "ok",
    Rendition.Status.FAILED: "fail",
}


def loop_status(loop: Loop) -> SafeString:
    """Tell how far intake is."""
    return cells.state(loop.get_status_display().capitalize(), _LOOP_TONES[loop.status], hint=loop.reason)


def rendition_status(rendition: Rendition) -> SafeString:
    """Tell how far a compile is."""
    if rendition.status == Rendition.Status.COMPILING:
        return cells.progress(rendition.progress)
    return cells.state(rendition.get_status_display().capitalize(), _TONES[rendition.status], hint=rendition.reason)


def renditions(loop: Loop) -> SafeString:
    """Tell how far a loop's newest plain rendition at each profile is; kept fresh."""
    newest = {r.profile_id: r for r in sorted(loop.renditions.all(), key=lambda r: r.created_at) if r.card_id is None}
    rows = [newest[profile] for profile in sorted(newest)]
    items = format_html_join("", "<li>{} {}</li>", ((r.profile_id, rendition_status(r)) for r in rows))
    told = format_html('<ul class="lw-lines lw-renditions">{}</ul>', items) if rows else cells.EMPTY
    return cells.live(f"loop:{loop.pk}:renditions", told)


def thumbnail(loop: Loop) -> SafeString:
    """Show the picture, small; space is kept for it while it loads."""
    if not loop.thumbnail:
        return format_html('<span class="lw-thumb lw-thumb-none" title="No picture">{}</span>', "")
    url = reverse("admin:catalog_loop_thumbnail", args=[loop.pk])
    return format_html('<img class="lw-thumb" src="{}" alt="" width="96" height="54" loading="lazy">', url)


def shape(loop: Loop) -> SafeString:
    """Tell codec, size in pixels and rate."""
    if not loop.width:
        return cells.EMPTY
    return format_html(
        '{} <span class="lw-figure lw-sub">{}×{}, {} fps</span>',
        loop.codec or "?",
        loop.width,
        loop.height,
        f"{loop.frame_rate:.5g}",
    )


def tags(loop: Loop) -> SafeString:
    """Show the tags, each leading to the loops that have it."""
    listing = reverse("admin:catalog_loop_changelist")
    links = ((f"{listing}?{urlencode({'tag': tag})}", tag) for tag in loop.tags)
    return format_html_join(" ", '<a class="lw-tag" href="{}">{}</a>', links) or cells.EMPTY


def player(rendition: Rendition) -> SafeString:
    """Play a ready rendition; nothing is loaded but its beginning until play is pressed."""
    if rendition.status != Rendition.Status.READY:
        return cells.EMPTY
    url = reverse("admin:catalog_rendition_video", args=[rendition.pk])
    return format_html(
        '<video class="lw-player" controls muted loop playsinline preload="metadata" src="{}" '
        'width="640" height="360"></video>',
        url,
    )


def live_status(rendition: Rendition) -> SafeString:
    """Tell how far a compile is; kept fresh."""
    return cells.live(f"rendition:{rendition.pk}", rendition_status(rendition))


def join(loop: Loop) -> str:
    """Say in a sentence how a loop's end meets its beginning."""
    if loop.join_difference is None:
        return "Not measured yet. That is done when it is compiled next."
    times = f"{loop.join_difference:.1f} times"
    if loop.join_difference <= SEAMLESS:
        return f"It joins by itself: from its last picture to its first is {times} a usual step between two pictures."
    return f"It jumps: from its last picture to its first is {times} a usual step between two pictures."


def used(loop: Loop) -> SafeString:
    """List where a loop is shown: stations by default, stations that hold it, tracks that are mapped to it."""
    items = [
        *(format_html("{}: default loop", _station(s.pk, s.name)) for s in loop.default_of.all()),
        *(format_html("{}: held now", _station(s.pk, s.name)) for s in loop.held_by.all()),
    ]
    tracks = loop.mappings.count()
    if tracks:
        listing = reverse("admin:streaming_trackmapping_changelist")
        words = f"{tracks} mapped track{'s' if tracks > 1 else ''}"
        items.append(cells.link(f"{listing}?loop__id__exact={loop.pk}", words))
    return cells.lines(items)


def origin(loop: Loop) -> SafeString:
    """Tell who uploaded a loop, from which file, when."""
    if loop.builtin:
        return format_html("drawn by Longwave {}", cells.ago(loop.created_at))
    who = loop.uploaded_by.email if loop.uploaded_by else "the command line or the API"
    return format_html('{} <span class="lw-sub">by {}, {}</span>', loop.original_name, who, cells.ago(loop.created_at))


def _station(key: object, name: str) -> SafeString:
    return cells.link(reverse("admin:streaming_station_change", args=[key]), name)
