"""Forms of the mappings' screen."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.models import Loop
from config.lib.admin_forms import ServiceForm
from streaming.cues import services
from streaming.cues.models import TrackMapping


class MappingAddForm(ServiceForm[TrackMapping]):
    """Maps a track by artist and title; a track that is mapped already gets the new loop."""

    artist = forms.CharField(required=False, max_length=256, widget=UnfoldAdminTextInputWidget())
    title = forms.CharField(max_length=256, widget=UnfoldAdminTextInputWidget())

    class Meta:
        """Which track, where, and what it shows."""

        model = TrackMapping
        fields = ("station", "song_id", "loop")
        help_texts = {"song_id": "The source's id of the song, if you know it."}

    def perform(self) -> TrackMapping:
        """Map it."""
        data = self.cleaned_data
        return services.map_track(
            station=data["station"],
            artist=data["artist"],
            title=data["title"],
            loop=data["loop"],
            song_id=data["song_id"],
        )


class MappingForm(ServiceForm[TrackMapping]):
    """Gives a mapped track another loop or song id."""

    class Meta:
        """The track stays."""

        model = TrackMapping
        fields = ("song_id", "loop")

    def perform(self) -> TrackMapping:
        """Map it anew."""
        row = self.instance
        return services.map_key(station=row.station, track_key=row.track_key, loop=row.loop, song_id=row.song_id)


class LoopChoiceForm(forms.Form):
    """Asks for one loop that is ready."""

    loop = forms.ModelChoiceField(
        queryset=Loop.objects.filter(status=Loop.Status.READY).order_by("name"),
        widget=UnfoldAdminSelectWidget(),
        empty_label="Choose a loop",
    )


class AssignForm(LoopChoiceForm):
    """A loop for tracks that were ticked; each is named by station, key and song id."""

    track = forms.MultipleChoiceField(error_messages={"required": "Tick the tracks that shall show it."})

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["track"]
        if isinstance(choice, forms.MultipleChoiceField):
            choice.choices = [(name, name) for name in names]
