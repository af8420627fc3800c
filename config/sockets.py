"""Websocket routes, and who may open them."""

from __future__ import annotations

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import URLPattern, path

from streaming.live.consumers import StationConsumer
from streaming.live.staff import DestinationsConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/stations/<slug:slug>/", StationConsumer.as_asgi()),
    path("ws/stations/<slug:slug>/destinations/", AuthMiddlewareStack(DestinationsConsumer.as_asgi())),
]


class OwnPagesOrPrograms(OriginValidator):  # type: ignore[misc]  # Channels ships no types
    """Lets in our own pages and programs that name no origin; another site's page is refused.

    Browsers always name the page's origin, so only our own pages' sockets come with our cookies. A program without
    one gains nothing that it could not read from the page, or with its token.
    """

    def valid_origin(self, parsed_origin: Any) -> bool:
        """Tell whether a handshake with this Origin may go on."""
        return parsed_origin is None or bool(self.validate_origin(parsed_origin))


def websocket_application() -> OwnPagesOrPrograms:
    """Return the websocket half of the ASGI application."""
    return OwnPagesOrPrograms(URLRouter(websocket_urlpatterns), settings.ALLOWED_HOSTS)
