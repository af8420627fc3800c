"""Addresses below /account/ that are about coming in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from accounts.signin import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("2fa/wanted/", views.second_factor_wanted, name="second_factor"),
    path("2fa/", include("allauth.mfa.urls")),
    path("phone/", include("accounts.signin.phone.urls")),
    path("sessions/", views.sessions_page, name="usersessions_list"),
    path("", include("allauth.account.urls")),
]
