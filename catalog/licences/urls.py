"""Licences in the API."""

from __future__ import annotations

from django.urls import path, re_path

from catalog.licences.api import (
    LicenceOverviewView,
    LicenceProofView,
    LicenceViewSet,
    LoopLicenceView,
    TrackLicenceView,
)

urlpatterns = [
    path("licences/", LicenceViewSet.as_view({"get": "list", "post": "create"}), name="licence-list"),
    re_path(r"^licences/overview\.(?P<form>csv|jsonl)$", LicenceOverviewView.as_view(), name="licence-overview"),
    path(
        "licences/<uuid:pk>/",
        LicenceViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="licence-detail",
    ),
    path("licences/<uuid:pk>/proof/", LicenceProofView.as_view(), name="licence-proof"),
    path("loops/<uuid:pk>/licence/", LoopLicenceView.as_view(), name="loop-licence"),
    path("tracks/<uuid:pk>/licence/", TrackLicenceView.as_view(), name="track-licence"),
]
