"""Stations in the API."""

from __future__ import annotations

from django.urls import path

from streaming.stations.api import StationViewSet

urlpatterns = [
    path("stations/", StationViewSet.as_view({"get": "list", "post": "create"}), name="station-list"),
    path(
        "stations/<slug:slug>/",
        StationViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="station-detail",
    ),
]
