"""The doors for webhooks: each hands its request to the vendor's webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.csrf import csrf_exempt

from streaming.sources import azuracast
from streaming.sources.webhook import Webhook

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from streaming.sources.report import TrackReport


class AzuraCastWebhook(Webhook):
    """AzuraCast's "Generic Web Hook", and what speaks like it."""

    def station_name(self, body: Any) -> str:
        """Return ``station.shortcode``."""
        return azuracast.shortcode(body)

    def report(self, body: Any, *, received: datetime) -> TrackReport | None:
        """Translate a NowPlaying object or a flat body."""
        return azuracast.now_playing(body, received=received)


webhook = AzuraCastWebhook()


@csrf_exempt  # the secret proves the sender; no cookie is looked at
def azuracast_webhook(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Take a webhook of AzuraCast."""
    return webhook.answer(request, slug)
