"""The relay's doors."""

from __future__ import annotations

from django.urls import URLPattern, path

from streaming.relay.views import publish, publish_done

urlpatterns: list[URLPattern] = [
    path("relay/publish", publish, name="relay-publish"),
    path("relay/publish_done", publish_done, name="relay-publish-done"),
]
