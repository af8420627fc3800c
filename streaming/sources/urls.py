"""Where sources report to."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from streaming.sources.views import azuracast_webhook

# A slash at the end is forgiven: a sender that follows no redirect would lose every report to it.
urlpatterns: list[URLPattern] = [
    re_path(r"^webhook/azuracast/?$", azuracast_webhook, name="webhook-azuracast"),
    re_path(r"^webhook/azuracast/(?P<slug>[^/]+)/?$", azuracast_webhook, name="webhook-azuracast-station"),
]
