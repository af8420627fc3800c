"""Addresses below /account/phone/."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.signin.phone import views

urlpatterns: list[URLPattern] = [
    path("", views.sign_in, name="phone-sign-in"),
    path("code/", views.code, name="phone-code"),
    path("number/", views.number, name="phone-number"),
    path("number/code/", views.number_code, name="phone-number-code"),
    path("number/removed/", views.number_removed, name="phone-number-removed"),
]
