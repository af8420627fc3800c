"""Every URL, a line per room."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include("streaming.live.urls")),
    path("", include("streaming.sources.urls")),
]
