"""Machines in the API."""

from __future__ import annotations

from django.urls import path

from streaming.nodes.api import HandOverViewSet, NodeViewSet

urlpatterns = [
    path("nodes/", NodeViewSet.as_view({"get": "list"}), name="node-list"),
    path("nodes/<str:name>/", NodeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="node-detail"),
    path("stations/<slug:slug>/handover/", HandOverViewSet.as_view({"post": "create"}), name="station-handover"),
]
