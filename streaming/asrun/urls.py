"""What was on air, in the API."""

from __future__ import annotations

from django.urls import path

from streaming.asrun.api import HistoryViewSet

urlpatterns = [
    path("stations/<slug:slug>/history/", HistoryViewSet.as_view({"get": "list"}), name="history"),
]
