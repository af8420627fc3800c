"""Websocket routes, and who may open them."""

from __future__ import annotations

from typing import Any

from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import URLPattern, path

from streaming.live.consumers import StationConsumer
from streaming.live.staff import DestinationsConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/stations/<slug:slug>/", StationConsumer.as_asgi()),
    path("ws/stations/<slug:slug>/destinations/", DestinationsConsumer.as_asgi()),
]


class OwnPagesOrPrograms(OriginValidator):  # type: ignore[misc]  # Channels ships no types
    """Lets in our own pages and programs that name no origin; another site's page is refused.

    Browsers always name the page's origin. No socket asks for a cookie: what is private asks for a ticket or a key,
    so a program without an origin gains nothing that it could not read from the page, or with its key.
    """

    def valid_origin(self, parsed_origin: Any) -> bool:
        """Tell whether a handshake with this Origin may go on."""
        return parsed_origin is None or bool(self.validate_origin(parsed_origin))


def websocket_application() -> OwnPagesOrPrograms:
    """Return the websocket half of the ASGI application."""
    return OwnPagesOrPrograms(URLRouter(websocket_urlpatterns), settings.ALLOWED_HOSTS)
