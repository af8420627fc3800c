"""Mappings in the API."""

from __future__ import annotations

from django.urls import path

from streaming.cues.api import MappingViewSet

urlpatterns = [
    path(
        "stations/<slug:slug>/mappings/",
        MappingViewSet.as_view({"get": "list", "post": "create", "patch": "many"}),
        name="mapping-list",
    ),
    path(
        "stations/<slug:slug>/mappings/<int:pk>/",
        MappingViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="mapping-detail",
    ),
]
