"""The page "Picture and sound" of a station: how far apart they are, and a hand on it beside the preview."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from config.lib import admin_cells as cells
from config.lib.admin_actions import report
from config.lib.admin_rows import row_or_404
from streaming.stations import syncing
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

GOOD, FAIR = 0.5, 1.0  # seconds
STEPS = (-500, -100, 100, 500)
MEASURE = "measure"

_HEADINGS = {
    "own": "One programme",
    "titles": "Titles in the sound",
    "measured": "A measured delay",
    "buffer": "The delay of our own buffer",
    "hand": "A delay set by hand",
}


class SyncForm(forms.Form):
    """Which button was pressed."""

    change = forms.ChoiceField(choices=[*((str(step), str(step)) for step in STEPS), (MEASURE, MEASURE)])


def page(screen: ModelAdmin[Station], request: HttpRequest, station: UUID) -> HttpResponse:
    """Show the page; a button on it moves the picture or measures again."""
    row = row_or_404(screen, request, station)
    if request.method == "POST":
        return _changed(screen, request, row)
    context = {
        **screen.admin_site.each_context(request),
        "title": "Picture and sound",
        "subtitle": row.name,
        "opts": screen.opts,
        "station": row,
        "may_change": screen.has_change_permission(request, row),
        "steps": [
            {"value": step, "words": f"{abs(step) / 1000:g} s {'earlier' if step < 0 else 'later'}"} for step in STEPS
        ],
        **told(row),
    }
    return TemplateResponse(request, "admin/streaming/station/sync.html", context)


def now(screen: ModelAdmin[Station], request: HttpRequest, station: UUID) -> HttpResponse:
    """Send what changes on the page by itself."""
    row = row_or_404(screen, request, station)
    return TemplateResponse(request, "admin/streaming/station/sync_now.html", {"station": row, **told(row)})


def told(station: Station) -> dict[str, Any]:
    """Return what the page tells of a station now."""
    timing = syncing.timing_now(station)
    return {
        "way": timing.way,
        "heading": _HEADINGS[timing.way],
        "sentence": _sentence(timing),
        "by_hand": timing.way == "hand",
        "rows": [_shown(one) for one in syncing.compared_lately(station)],
    }


def urls(screen: ModelAdmin[Station]) -> list[URLPattern]:
    """Return the page's addresses, below the stations' list."""
    view = screen.admin_site.admin_view
    return [
        path("<uuid:station>/sync/", view(partial(page, screen)), name="streaming_station_sync"),
        path("<uuid:station>/sync/now/", view(partial(now, screen)), name="streaming_station_sync_now"),
    ]


def _changed(screen: ModelAdmin[Station], request: HttpRequest, station: Station) -> HttpResponse:
    if not screen.has_change_permission(request, station):
        raise PermissionDenied
    form = SyncForm(request.POST)
    if not form.is_valid():
        messages.error(request, "This button is not known here. Load the page again.")
    elif form.cleaned_data["change"] == MEASURE:
        measure = partial(syncing.measure_again, station=station)
        report(request, measure, said="What was set is forgotten. From the next change of track on it is measured.")
    else:
        step = int(form.cleaned_data["change"])
        words = f"{abs(step) / 1000:g} s {'earlier' if step < 0 else 'later'}"
        nudge = partial(syncing.nudge_picture, station=station, by_ms=step)
        report(request, nudge, said=f"Pictures change {words} from the next track on.")
    return HttpResponseRedirect(reverse("admin:streaming_station_sync", args=[station.pk]))


def _sentence(timing: syncing.TimingNow) -> str:
    delay = _seconds(timing.delay_ms)
    after_word = f"The picture changes {delay} after the source's word"
    if timing.way == "own":
        return "The playlist is our own, so each picture begins with the first sample of its track. Nothing to set."
    if timing.way == "hand" and timing.since_title:
        side = "after" if timing.delay_ms >= 0 else "before"
        return f"The picture changes {_seconds(abs(timing.delay_ms))} {side} the title in the sound, always."
    if timing.way == "hand":
        return f"{after_word}, always."
    if timing.since_title:
        return "The sound carries its titles: the picture changes where they say, a moment before each."
    if timing.way == "titles":
        return (
            "The source says what plays, the title in the sound says when. Where a title is missing: "
            f"{after_word[0].lower()}{after_word[1:]}, as the last changes have taught."
        )
    if timing.way == "measured":
        return f"No titles are heard at the moment. {after_word}, as measured before."
    return (
        f"No titles are heard. {after_word}: so long the sound takes through Longwave. "
        "If the radio itself is slower, set the rest by hand."
    )


def _shown(one: syncing.Compared) -> dict[str, Any]:
    difference = one.difference
    after = (one.sound - one.word).total_seconds() if one.sound else None
    waits = one.sound is not None and one.sound > timezone.now()
    return {
        "track": " – ".join(filter(None, [one.change.artist, one.change.title])) or "(no title)",
        "way": one.change.get_origin_display(),
        "word": cells.ago(one.word),
        "sound": cells.EMPTY
        if after is None
        else cells.figure(f"{'' if one.exact else '≈ '}{after:+.1f} s".replace("-", "−")),
        "picture": _picture(one, waits=waits),
        "difference": cells.EMPTY if difference is None or not one.exact else _judged(difference),
        "estimated": not one.exact,
    }


def _picture(one: syncing.Compared, *, waits: bool) -> Any:
    if one.picture is not None:
        return cells.figure(f"{(one.picture - one.word).total_seconds():+.1f} s".replace("-", "−"))
    return cells.state("Waiting", "busy", hint="Its instant is still to come.") if waits else cells.EMPTY


def _judged(difference: float) -> Any:
    tone: cells.Tone = "ok" if abs(difference) <= GOOD else "warn" if abs(difference) <= FAIR else "fail"
    hint = (
        "Within half a second nobody notices." if tone == "ok" else "The picture was seen to change beside the sound."
    )
    return cells.state(f"{difference:+.2f} s".replace("-", "−"), tone, hint=hint)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f} s".replace("-", "−")
