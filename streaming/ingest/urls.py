"""The ingest server's doors."""

from __future__ import annotations

from django.urls import URLPattern, path

from streaming.ingest.views import publish, publish_done

urlpatterns: list[URLPattern] = [
    path("ingest/publish", publish, name="ingest-publish"),
    path("ingest/publish_done", publish_done, name="ingest-publish-done"),
]
