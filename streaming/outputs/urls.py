"""Destinations and recordings in the API."""

from __future__ import annotations

from django.urls import path

from streaming.outputs.api import DestinationViewSet
from streaming.outputs.api_recordings import RecordingViewSet

DESTINATIONS = "stations/<slug:slug>/destinations/"
RECORDINGS = "stations/<slug:slug>/recordings/"
urlpatterns = [
    path(DESTINATIONS, DestinationViewSet.as_view({"get": "list", "post": "create"}), name="destination-list"),
    path(
        f"{DESTINATIONS}<uuid:pk>/",
        DestinationViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="destination-detail",
    ),
    path(f"{DESTINATIONS}<uuid:pk>/trial/", DestinationViewSet.as_view({"post": "trial"}), name="destination-trial"),
    path(
        f"{DESTINATIONS}<uuid:pk>/renewal/",
        DestinationViewSet.as_view({"post": "renewal"}),
        name="destination-renewal",
    ),
    path(RECORDINGS, RecordingViewSet.as_view({"get": "list"}), name="recording-list"),
    path(
        f"{RECORDINGS}<uuid:pk>/",
        RecordingViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="recording-detail",
    ),
    path(f"{RECORDINGS}<uuid:pk>/file/", RecordingViewSet.as_view({"get": "file"}), name="recording-file"),
]
