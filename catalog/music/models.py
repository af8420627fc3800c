"""Tracks of our own catalogue."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models

from accounts.audit.watching import watch

CHECKED = ("file", "sha256", "codec", "duration_ms", "size", "created_at")
"""Of a track: what its check finds out."""


class Track(models.Model):
    """A recording we hold as a file, playable by a playlist station."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    artist = models.CharField(max_length=256)
    title = models.CharField(max_length=256)
    album = models.CharField(max_length=256, blank=True)
    file = models.FileField(upload_to="tracks/", max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    codec = models.CharField(max_length=32)
    duration_ms = models.PositiveIntegerField(help_text="Milliseconds.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    original_name = models.CharField(max_length=255, blank=True)
    builtin = models.SlugField(
        max_length=32,
        blank=True,
        help_text="Set on tracks that Longwave plays itself: 'demo-…'.",
    )
    licence = models.ForeignKey(
        "catalog.Licence", null=True, blank=True, on_delete=models.PROTECT, related_name="tracks"
    )
    uploaded_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="tracks", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first; built-in tracks exist once."""

        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["builtin"], condition=~models.Q(builtin=""), name="track_builtin_once"),
        ]
        triggers: ClassVar[list[Any]] = watch(named="title", ignored=CHECKED)

    def __str__(self) -> str:
        """Artist and title."""
        return f"{self.artist} - {self.title}"
