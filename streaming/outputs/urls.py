"""Destinations in the API."""

from __future__ import annotations

from django.urls import path

from streaming.outputs.api import DestinationViewSet

urlpatterns = [
    path(
        "stations/<slug:slug>/destinations/",
        DestinationViewSet.as_view({"get": "list", "post": "create"}),
        name="destination-list",
    ),
    path(
        "stations/<slug:slug>/destinations/<uuid:pk>/",
        DestinationViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="destination-detail",
    ),
]
