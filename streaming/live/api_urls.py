"""What is on now, in the API."""

from __future__ import annotations

from django.urls import path

from streaming.live.api import NowPlayingViewSet

urlpatterns = [
    path("stations/<slug:slug>/now-playing/", NowPlayingViewSet.as_view({"get": "retrieve"}), name="now-playing"),
]
