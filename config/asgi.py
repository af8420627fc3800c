"""ASGI entry: HTTP by Django, websockets by Channels."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()  # sets Django up; what follows needs its models

from channels.routing import ProtocolTypeRouter  # noqa: E402

from config.sockets import websocket_application  # noqa: E402
from streaming.sources.express import WebhooksFirst  # noqa: E402

application = ProtocolTypeRouter({"http": WebhooksFirst(django_application), "websocket": websocket_application()})
