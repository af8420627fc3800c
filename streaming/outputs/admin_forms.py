"""Forms of the destinations' screen. The stream key goes in and never comes out."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from config.lib.admin_forms import ServiceForm
from streaming.outputs import services
from streaming.outputs.models import Destination

KEY_LIMIT = 500


def _key_field(label: str, help_text: str) -> forms.CharField:
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=KEY_LIMIT, widget=widget, help_text=help_text)


class DestinationAddForm(ServiceForm[Destination]):
    """Adds a way out."""

    url = forms.CharField(
        label="Address",
        max_length=1000,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "rtmps://a.rtmps.youtube.com:443/live2"}),
        help_text="rtmp:// or rtmps://, or one word: youtube, twitch, facebook.",
    )
    key = _key_field("Stream key", "Kept encrypted; it is never shown again.")

    class Meta:
        """Where to."""

        model = Destination
        fields = ("station", "name")
        help_texts = {"name": "Empty: the platform's name."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False

    def perform(self) -> Destination:
        """Add it."""
        data = self.cleaned_data
        return services.add_destination(station=data["station"], url=data["url"], name=data["name"], key=data["key"])


class DestinationForm(ServiceForm[Destination]):
    """Renames a destination, enables it or leaves it out, replaces its key. The address stays."""

    key = _key_field("New stream key", "Leave empty to keep the present key. It is never shown.")

    class Meta:
        """What an editor may change."""

        model = Destination
        fields = ("name", "enabled")

    def perform(self) -> Destination:
        """Keep the changes."""
        row, data = self.instance, self.cleaned_data
        return services.change_destination(destination=row, name=data["name"], enabled=data["enabled"], key=data["key"])
