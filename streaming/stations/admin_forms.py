"""Forms of the stations' screen. What may be saved is decided by the room's services."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.models import Loop
from catalog.visuals.profiles import USUAL
from config.lib.admin_actions import AskForm
from config.lib.admin_forms import ServiceForm
from streaming.cues import services as cues
from streaming.stations import checks, services
from streaming.stations.models import Station

UNTIL_NEXT = "until_next"
HELD = "held"
LOOK_COST = (
    "The loop alone is copied, which costs next to nothing. A band that moves with the sound is coded while on air: "
    "about a third of a processor core and 140 MiB at 720p, two thirds and 240 MiB at 1080p. Where the machine has no "
    "time for it, the loop stays on air without it."
)


class StationAddForm(ServiceForm[Station]):
    """Makes a station."""

    secret = forms.CharField(
        label="Webhook secret",
        required=False,
        max_length=200,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="What AzuraCast will send as password. Empty: make one later with “New webhook secret”.",
    )

    class Meta:
        """What a station starts from."""

        model = Station
        fields = ("name", "slug", "source_kind", "audio_url", "metadata_url", "shortcode", "profile")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the usual profile."""
        super().__init__(*args, **kwargs)
        self.fields["profile"].initial = USUAL

    def perform(self) -> Station:
        """Create it."""
        profile = self.cleaned_data["profile"].name
        return services.create_station(**{**self.cleaned_data, "profile": profile})


class StationForm(ServiceForm[Station]):
    """Changes a station."""

    class Meta:
        """What an editor may change; the slug is in addresses and folder names and stays."""

        model = Station
        fields = (
            "name",
            "description",
            "source_kind",
            "audio_url",
            "metadata_url",
            "shortcode",
            "shuffle",
            "profile",
            "default_loop",
            *checks.SETTINGS,
        )
        widgets = {
            "description": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "needs_labels": UnfoldAdminTextInputWidget(),
        }
        help_texts = {"look": LOOK_COST}

    def perform(self) -> Station:
        """Keep the changes; a new default loop is compiled for the station at once."""
        station = services.save_station(station=self.instance)
        if "default_loop" in self.changed_data and station.default_loop:
            cues.set_default_loop(station=station, loop=station.default_loop)
        return station


class NewSecretForm(AskForm):
    """Asks how long the present webhook secret is taken still."""

    overlap_hours = forms.TypedChoiceField(
        label="The present secret",
        choices=[(0, "stops at once"), (1, "works for 1 hour more"), (24, "works for 24 hours more")],
        coerce=int,
        initial=24,
        widget=UnfoldAdminRadioSelectWidget(),
    )


class ShowLoopForm(AskForm):
    """Asks which loop to show now, and for how long."""

    loop = forms.ModelChoiceField(
        queryset=Loop.objects.none(),
        widget=UnfoldAdminSelectWidget(),
        empty_label="Choose a loop",
    )
    how_long = forms.ChoiceField(
        label="For how long",
        choices=[(UNTIL_NEXT, "until the next track"), (HELD, "until I release it")],
        initial=UNTIL_NEXT,
        widget=UnfoldAdminRadioSelectWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["loop"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Loop.objects.filter(status=Loop.Status.READY).order_by("name")
