"""Every URL, a line per room."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from accounts.people.matrix_page import who_may_what
from accounts.signin.views import console_sign_in
from config import health
from config.lib.problem import not_found

api_v1: list[URLPattern | URLResolver] = [
    path("", include("accounts.signin.api_urls")),
    path("", include("accounts.people.api_urls")),
    path("", include("accounts.keys.api_urls")),
    path("", include("accounts.signin.phone.api_urls")),
    path("", include("streaming.stations.urls")),
    path("", include("streaming.live.api_urls")),
    path("", include("streaming.asrun.urls")),
    path("", include("streaming.cues.urls")),
    path("", include("streaming.outputs.urls")),
    path("", include("streaming.platforms.urls")),
    path("", include("streaming.alerts.urls")),
    path("", include("streaming.ingest.api_urls")),
    path("", include("streaming.nodes.urls")),
    path("", include("catalog.visuals.urls")),
    path("", include("catalog.licences.urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/login/", console_sign_in),
    path("account/", include("accounts.people.urls")),
    path("account/keys/", include("accounts.keys.urls")),
    path("account/", include("accounts.signin.urls")),
    path("admin/permissions/", admin.site.admin_view(who_may_what), name="who-may-what"),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api_v1)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    re_path("^api/", not_found),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health", health.report, name="health"),
    path("", include("analytics.metrics.urls")),
    path("", include("streaming.sources.urls")),
    path("", include("streaming.ingest.urls")),
    path("", include("streaming.relay.urls")),
    path("", include("streaming.live.urls")),
]
