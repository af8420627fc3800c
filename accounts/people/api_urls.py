"""A person's own account in the API."""

from __future__ import annotations

from django.urls import path

from accounts.people.api import AvatarViewSet, ExportViewSet, MeViewSet

urlpatterns = [
    path("me/", MeViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}), name="me"),
    path(
        "me/avatar/", AvatarViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}), name="me-avatar"
    ),
    path("me/export/", ExportViewSet.as_view({"get": "retrieve"}), name="me-export"),
]
