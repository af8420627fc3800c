"""The platforms in the API."""

from __future__ import annotations

from django.urls import path

from streaming.platforms.api import PlatformAccountViewSet, PlatformPlanViewSet

urlpatterns = [
    path("stations/<slug:slug>/platforms/", PlatformPlanViewSet.as_view({"get": "list"}), name="platform-list"),
    path("platform-accounts/", PlatformAccountViewSet.as_view({"get": "list"}), name="platform-account-list"),
]
