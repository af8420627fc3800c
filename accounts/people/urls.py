"""A person's own pages."""

from __future__ import annotations

from django.urls import path

from accounts.people import views

urlpatterns = [
    path("", views.home, name="account-home"),
    path("picture/", views.picture, name="account-picture"),
    path("picture/remove/", views.picture_removed, name="account-picture-remove"),
    path("export/", views.export, name="account-export"),
    path("delete/", views.delete, name="account-delete"),
]
