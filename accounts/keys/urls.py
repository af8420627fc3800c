"""A person's page of keys, below /account/keys/."""

from __future__ import annotations

from django.urls import path

from accounts.keys import views

urlpatterns = [
    path("", views.keys, name="account-keys"),
    path("<uuid:pk>/replace/", views.replace, name="account-key-replace"),
    path("<uuid:pk>/revoke/", views.revoke, name="account-key-revoke"),
    path("programs/<uuid:pk>/end/", views.end_program, name="account-program-end"),
]
