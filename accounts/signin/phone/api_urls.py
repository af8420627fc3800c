"""Codes by text message in the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.signin.phone.api import PhoneNumberViewSet, PhoneViewSet

urlpatterns: list[URLPattern] = [
    path("auth/phone/", PhoneViewSet.as_view({"post": "create"}), name="auth-phone"),
    path("auth/phone/token/", PhoneViewSet.as_view({"post": "token"}), name="auth-phone-token"),
    path(
        "auth/phone/number/",
        PhoneNumberViewSet.as_view({"post": "create", "delete": "destroy"}),
        name="auth-phone-number",
    ),
    path("auth/phone/number/code/", PhoneNumberViewSet.as_view({"post": "confirm"}), name="auth-phone-number-code"),
]
