"""Stations in the API."""

from __future__ import annotations

from django.urls import path

from streaming.stations.api import StationViewSet
from streaming.stations.api_members import MemberViewSet

urlpatterns = [
    path("stations/", StationViewSet.as_view({"get": "list", "post": "create"}), name="station-list"),
    path(
        "stations/<slug:slug>/",
        StationViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="station-detail",
    ),
    path(
        "stations/<slug:slug>/members/",
        MemberViewSet.as_view({"get": "list", "post": "create"}),
        name="member-list",
    ),
    path("stations/<slug:slug>/members/<int:pk>/", MemberViewSet.as_view({"delete": "destroy"}), name="member-detail"),
    path(
        "stations/<slug:slug>/webhook-secret/",
        StationViewSet.as_view({"post": "renew_secret"}),
        name="station-webhook-secret",
    ),
]
