"""What an operator does to a station: each action asks once or posts, calls a service, and says how it went."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from config.lib.admin_actions import ActionVariant, ask, done, press, report
from config.lib.admin_rows import may
from streaming.cues import services as cues
from streaming.ingest import services as ingest
from streaming.ingest.models import Takeover
from streaming.ingest.queries import running_takeover
from streaming.sources import services as sources
from streaming.stations import services
from streaming.stations.admin_forms import HELD, NewSecretForm, ShowLoopForm
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


class StationActions:
    """Actions of a row of the list and of the station's own page."""

    def has_cue_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell who may decide what is shown; the station itself they may only look at."""
        return may(self, request, "streaming.add_cue", obj)

    @press(name="Start", icon="play_arrow", variant=ActionVariant.SUCCESS)
    def start(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put the station on air."""
        station = get_object_or_404(Station, pk=object_id)
        report(request, partial(services.start_station, station=station), said=f"{station.name} is being started.")
        return _back(request)

    @ask(
        name="Stop",
        title="Stop this station?",
        sentence="Every destination of it ends now. Viewers see the stream end; starting again opens a new one.",
        button="Stop the station",
        icon="stop",
        variant=ActionVariant.DANGER,
    )
    def stop(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Take the station off air."""
        station = get_object_or_404(Station, pk=object_id)
        report(request, partial(services.stop_station, station=station), said=f"{station.name} is being stopped.")
        return _back(request)

    @ask(
        name="Restart",
        title="Restart this station?",
        sentence="The encoder ends and starts again: every destination is interrupted for some seconds.",
        button="Restart the station",
        icon="restart_alt",
        variant=ActionVariant.WARNING,
    )
    def restart(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """End the encoder and start it anew."""
        station = get_object_or_404(Station, pk=object_id)
        report(request, partial(services.restart_station, station=station), said=f"{station.name} is being restarted.")
        return _back(request)

    @ask(
        name="Show a loop now",
        title="Show a loop now",
        sentence="It is shown within a second; the sound goes on untouched.",
        button="Show it",
        icon="slideshow",
        form=ShowLoopForm,
        permissions=("cue",),
    )
    def show_loop(self, request: HttpRequest, form: forms.Form, object_id: str) -> HttpResponse:
        """Show a loop until the next track, or held."""
        station = get_object_or_404(Station, pk=object_id)
        loop, held = form.cleaned_data["loop"], form.cleaned_data["how_long"] == HELD
        until = "until you release it" if held else "until the next track"
        work = partial(cues.cue_loop, station=station, loop=loop, held=held)
        report(request, work, said=f"“{loop.name}” is shown on {station.name} {until}.")
        return _back(request)

    @press(name="Release held loop", icon="lock_open", permissions=("cue",))
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the tracks decide again."""
        station = get_object_or_404(Station, pk=object_id)
        if station.held_loop_id is None:
            messages.info(request, f"{station.name} holds no loop.")
            return _back(request)
        report(
            request,
            partial(cues.release_held, station=station),
            said=f"{station.name} shows what its tracks are mapped to again.",
        )
        return _back(request)

    @press(name="Test the source", icon="network_check")
    def test_source(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try the source and say what it answered."""
        station = get_object_or_404(Station, pk=object_id)
        result = sources.test_source(station=station)
        (messages.success if result.ok else messages.error)(request, f"{station.name}: {result.sentence}")
        return _back(request)

    @ask(
        name="New webhook secret",
        title="Make a new webhook secret?",
        sentence="It is shown once. Put it into AzuraCast while the present one still works, and no report is lost.",
        button="Make a new secret",
        icon="key",
        form=NewSecretForm,
        variant=ActionVariant.WARNING,
    )
    def new_secret(self, request: HttpRequest, form: forms.Form, object_id: str) -> HttpResponse:
        """Make a secret and show it this once; it is kept nowhere in the clear."""
        station = get_object_or_404(Station, pk=object_id)
        overlap = timedelta(hours=form.cleaned_data["overlap_hours"])
        context: dict[str, Any] = {
            "secret": services.renew_secret(station=station, overlap=overlap),
            "station": station,
            "webhook_path": webhook_path(station),
        }
        whole_dialog = {"HX-Retarget": "#modal-content", "HX-Reselect": "#dialog", "HX-Reswap": "innerHTML"}
        return TemplateResponse(request, "admin/streaming/station/secret.html", context, headers=whole_dialog)

    @ask(
        name="End takeover",
        title="End the presenter's takeover?",
        sentence="The station goes back to its own sound and loops. The presenter's program goes on sending until it "
        "is stopped, and may come again; revoke the key to keep it out.",
        button="End the takeover",
        icon="cancel_presentation",
        variant=ActionVariant.WARNING,
    )
    def end_takeover(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Take a presenter off the air."""
        station = get_object_or_404(Station, pk=object_id)
        takeover = running_takeover(station)
        if takeover is None:
            messages.info(request, f"Nobody has taken {station.name} over.")
            return _back(request)
        work = partial(ingest.end_takeover, takeover=takeover, end=Takeover.End.ENDED)
        report(request, work, said=f"{station.name} goes back to its own sound and loops.")
        return _back(request)


def unfitting(station: Station) -> set[str]:
    """Return the actions that have no sense in the station's state."""
    out = {"start"} if station.wanted_on_air else {"stop", "restart", "show_loop"}
    if station.held_loop_id is None:
        out.add("release")
    if running_takeover(station) is None:
        out.add("end_takeover")
    return out


def webhook_path(station: Station) -> str:
    """Return the path AzuraCast posts to."""
    return reverse("webhook-azuracast-station", args=[station.slug])


def _back(request: HttpRequest) -> HttpResponse:
    return done(request, reverse("admin:streaming_station_changelist"))
