"""Loops in the API."""

from __future__ import annotations

from django.urls import path

from catalog.visuals.api import LoopViewSet

urlpatterns = [
    path("loops/", LoopViewSet.as_view({"get": "list", "post": "create"}), name="loop-list"),
    path("loops/<uuid:pk>/", LoopViewSet.as_view({"get": "retrieve"}), name="loop-detail"),
]
