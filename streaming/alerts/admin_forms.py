"""Forms of the channels' screen. What opens a channel goes in and never comes out."""

from __future__ import annotations

from django import forms
from unfold.widgets import UnfoldAdminPasswordWidget

from config.lib.admin_forms import ServiceForm
from streaming.alerts import channels
from streaming.alerts.addresses import SECRET_LIMIT
from streaming.alerts.models import AlertChannel

RECIPIENT = "Telegram: the chat's number or @channel. E-mail: the address. Else empty."


def _secret_field(label: str, help_text: str) -> forms.CharField:
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=SECRET_LIMIT, widget=widget, help_text=help_text)


class ChannelAddForm(ServiceForm[AlertChannel]):
    """Adds a channel."""

    secret = _secret_field(
        "Webhook address or bot token",
        "Discord and Slack: the webhook's address. Telegram: the bot's token. Kept encrypted; it is never shown again.",
    )

    class Meta:
        """What it is, and for whom."""

        model = AlertChannel
        fields = ("kind", "name", "recipient", "least")
        labels = {"recipient": "To", "least": "From this severity on"}
        help_texts = {"recipient": RECIPIENT}

    def perform(self) -> AlertChannel:
        """Add it."""
        return channels.add_channel(**self.cleaned_data)


class ChannelForm(ServiceForm[AlertChannel]):
    """Changes a channel; its kind stays."""

    secret = _secret_field(
        "New webhook address or bot token", "Leave empty to keep the present one. It is never shown."
    )

    class Meta:
        """What may be changed."""

        model = AlertChannel
        fields = ("name", "recipient", "least", "enabled")
        labels = {"recipient": "To", "least": "From this severity on"}
        help_texts = {"recipient": RECIPIENT}

    def perform(self) -> AlertChannel:
        """Keep the changes."""
        return channels.change_channel(channel=self.instance, **self.cleaned_data)
