"""Presenters' keys in the API."""

from __future__ import annotations

from django.urls import path

from streaming.ingest.api import PresenterKeyViewSet

urlpatterns = [
    path(
        "stations/<slug:slug>/presenter-keys/",
        PresenterKeyViewSet.as_view({"get": "list", "post": "create"}),
        name="presenter-key-list",
    ),
    path(
        "stations/<slug:slug>/presenter-keys/<uuid:pk>/",
        PresenterKeyViewSet.as_view({"delete": "destroy"}),
        name="presenter-key-detail",
    ),
]
