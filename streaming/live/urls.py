"""The listeners' addresses."""

from __future__ import annotations

from django.urls import path

from streaming.live import preview, views

app_name = "live"
urlpatterns = [
    path("", views.stations, name="stations"),
    path("stations/<slug:slug>/", views.station, name="station"),
    path("stations/<slug:slug>/pictures/<uuid:loop>", views.picture, name="picture"),
    path("hls/<slug:slug>/index.m3u8", preview.playlist, name="playlist"),
    path("hls/<slug:slug>/<str:name>", preview.file, name="preview-file"),
]
