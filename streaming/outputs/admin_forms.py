"""Forms of the destinations' screen. Keys and passphrases go in and never come out."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.lib.admin_forms import ServiceForm
from streaming.outputs import services
from streaming.outputs.models import Destination
from streaming.outputs.timespan import TimespanField

SECRET_LIMIT = 500
ADDRESS, SRT, HLS, RECORDING, RELAY = "address", "srt", "hls", "recording", "relay"
WORDS = {"youtube", "twitch", "facebook", "youtube-hls", RECORDING, RELAY}
PLACES = [
    ("youtube", "YouTube"),
    ("twitch", "Twitch"),
    ("facebook", "Facebook"),
    (ADDRESS, "Kick, or another RTMP or RTMPS address"),
    (SRT, "SRT"),
    ("youtube-hls", "YouTube by HLS push"),
    (HLS, "HLS push"),
    (RECORDING, "Recording on the node's disk"),
    (RELAY, "This installation's relay"),
]
ADDRESS_HELP = (
    "rtmp://, rtmps://, srt://host:port?latency=200, or https://…/{key}/out.m3u8 for HLS push. "
    "The key may be the last part of an RTMP address."
)
RENEWAL_HELP = (
    "Hours and minutes, e.g. 11:50. Empty: as the platform asks (Twitch 47:00, Facebook 7:50), at the latest after "
    "20 days. YouTube keeps no video of a broadcast longer than 12 hours: write 11:50 if you want them."
)


def _for(*places: str) -> str:
    """Return when a field of the form that adds is shown; the form that changes always shows it."""
    return f"place == null || {list(places)}.includes(place)"


OF_A_BACKUP = ("", ADDRESS, "youtube")
CONDITIONS = {
    "url": _for("", ADDRESS, SRT, HLS),
    "key": f"place == null || place != '{RECORDING}'",
    "passphrase": _for("", SRT),
    "allow_private": _for("", ADDRESS, SRT, HLS),
    "backup": _for(*OF_A_BACKUP),
    "backup_url": f"({_for(*OF_A_BACKUP)}) && backup && backup != 'off'",
    "segment_s": _for(RECORDING),
    "keep_hours": _for(RECORDING),
    "to_storage": _for(RECORDING),
}
"""Which fields are shown for which place (unfold evaluates these in the page); what is hidden is left out."""
CHANGEABLE = {"url", "allow_private", "backup", "backup_url", "segment_s", "keep_hours", "to_storage", "via_relay"}
NEVER_EMPTY = {"url", "backup", "segment_s"}
"""What an empty field leaves as it is."""


def _secret_field(label: str, help_text: str) -> forms.CharField:
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=SECRET_LIMIT, widget=widget, help_text=help_text)


class DestinationAddForm(ServiceForm[Destination]):
    """Adds a way out; fields that do not belong to the place are not looked at."""

    place = forms.ChoiceField(
        label="Where to", required=False, choices=PLACES, initial="youtube", widget=UnfoldAdminSelectWidget
    )
    url = forms.CharField(
        label="Address",
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "rtmps://live.example.org:443/app"}),
        help_text=ADDRESS_HELP,
    )
    key = _secret_field(
        "Stream key", "Kept encrypted; it is never shown again. SRT: the stream id, if the receiver asks for one."
    )
    passphrase = _secret_field("Passphrase", "SRT: 10 to 79 characters, as the receiver has it. Empty: not encrypted.")

    class Meta:
        """Where to."""

        model = Destination
        fields = (
            "station",
            "name",
            "backup",
            "backup_url",
            "allow_private",
            "segment_s",
            "keep_hours",
            "to_storage",
        )
        help_texts = {"name": "Empty: the platform's name."}
        widgets = {"allow_private": UnfoldBooleanSwitchWidget, "to_storage": UnfoldBooleanSwitchWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for no more than is needed."""
        super().__init__(*args, **kwargs)
        for name in ("name", "backup", "segment_s"):
            self.fields[name].required = False
        self.fields["backup"] = forms.ChoiceField(
            label="Backup ingest",
            required=False,
            choices=[("", "stands by, where the platform has one"), *Destination.Backup.choices],
            widget=UnfoldAdminSelectWidget,
        )

    def perform(self) -> Destination:
        """Add it."""
        data, place = self.cleaned_data, self.cleaned_data["place"]
        return services.add_destination(
            station=data["station"],
            url=place if place in WORDS else data["url"],
            name=data["name"],
            key="" if place == RECORDING else data["key"],
            **self._options(place, data),
        )

    def _options(self, place: str, data: dict[str, Any]) -> services.Options:
        """Return what goes with the place; what a hidden field holds is left out."""
        if place == RECORDING:
            return {
                "segment_s": data["segment_s"] or Destination._meta.get_field("segment_s").default,  # noqa: SLF001 - Django's own name for a model's fields
                "keep_hours": data["keep_hours"],
                "to_storage": data["to_storage"],
            }
        options: services.Options = {}
        if place not in WORDS:
            options["allow_private"] = data["allow_private"]
        if place in ("", SRT):
            options["passphrase"] = data["passphrase"]
        if data["backup"] and place in OF_A_BACKUP:
            options["backup"] = data["backup"]
        if data["backup"] != Destination.Backup.OFF and data["backup_url"] and place in OF_A_BACKUP:
            options["backup_url"] = data["backup_url"]
        return options


class DestinationForm(ServiceForm[Destination]):
    """Changes a destination: all of it at once or nothing, and no other one's connection is touched."""

    key = _secret_field("New stream key", "Leave empty to keep the present key. It is never shown.")
    passphrase = _secret_field("New passphrase", "Leave empty to keep the present one. It is never shown.")
    no_passphrase = forms.BooleanField(label="Take the passphrase away", required=False)
    renewal = TimespanField(label="Connect anew after", required=False, help_text=RENEWAL_HELP)

    class Meta:
        """What an editor may change."""

        model = Destination
        fields = (
            "name",
            "enabled",
            "url",
            "allow_private",
            "backup",
            "backup_url",
            "via_relay",
            "segment_s",
            "keep_hours",
            "to_storage",
        )
        labels = {"enabled": "Send to it"}
        help_texts = {"enabled": "Off: paused. The others go on untouched."}
        widgets = {
            "enabled": UnfoldBooleanSwitchWidget,
            "allow_private": UnfoldBooleanSwitchWidget,
            "to_storage": UnfoldBooleanSwitchWidget,
            "via_relay": UnfoldBooleanSwitchWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask only for what is on the page, which depends on the kind; tell the present renewal."""
        super().__init__(*args, **kwargs)
        for name in ("url", "backup", "segment_s"):
            if name in self.fields:
                self.fields[name].required = False
        if "renewal" in self.fields:
            self.fields["renewal"].initial = self.instance.renew_after_s

    def perform(self) -> Destination:
        """Keep the changes: of what was sent, so that a form without a field leaves it as it is."""
        data, sent = self.cleaned_data, set(self.changed_data)
        changes: services.Changes = {"name": data["name"], "enabled": data["enabled"], "key": data.get("key", "")}
        for name in CHANGEABLE & sent & data.keys():
            if name not in NEVER_EMPTY or data[name]:
                changes[name] = data[name]  # type: ignore[literal-required]  # all of them are keys of Changes
        if "renewal" in sent:
            changes["renew_after_s"] = data["renewal"]
        if data.get("passphrase") or data.get("no_passphrase"):
            changes["passphrase"] = data["passphrase"]
        return services.change_destination(destination=self.instance, **changes)
