"""Where Prometheus looks."""

from __future__ import annotations

from django.urls import path

from analytics.metrics.views import metrics

urlpatterns = [path("metrics", metrics, name="metrics")]
