"""Alerts in the API."""

from __future__ import annotations

from django.urls import path

from streaming.alerts.api import AlertViewSet

urlpatterns = [
    path("alerts/", AlertViewSet.as_view({"get": "list"}), name="alert-list"),
]
