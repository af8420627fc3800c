"""What sources reported."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class TrackChange(models.Model):
    """A source says that a track began. One row per play, however often and by whatever way it is reported."""

    class Origin(models.TextChoices):
        """The way a change reached us."""

        WEBHOOK = "webhook", "webhook"
        POLL = "poll", "poll"
        ICY = "icy", "title in the sound"
        STATUS = "status", "Icecast status page"
        PLAYLIST = "playlist", "our playlist"

    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="track_changes")
    dedupe_key = models.CharField(max_length=160, help_text="Names one play at one station, e.g. 'sh:4711'.")
    origin = models.CharField(max_length=16, choices=Origin)
    artist = models.CharField(max_length=256, blank=True)
    title = models.CharField(max_length=256, blank=True)
    album = models.CharField(max_length=256, blank=True)
    track_key = models.CharField(max_length=512)
    song_id = models.CharField(max_length=128, blank=True)
    duration_ms = models.PositiveIntegerField(default=0, help_text="Milliseconds; 0 is unknown.")
    started_at = models.DateTimeField(help_text="When the source says the track began.")
    received_at = models.DateTimeField(auto_now_add=True)
    cued_at = models.DateTimeField(null=True, blank=True, help_text="When a node took it up.")
    payload = models.JSONField(null=True, help_text="What was received, as it came.")

    class Meta:
        """Newest first; one row per play."""

        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["station", "dedupe_key"], name="track_change_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["station", "id"], condition=Q(cued_at=None), name="track_change_uncued"),
            models.Index(fields=["station", "-id"], name="track_change_newest"),
        ]

    def __str__(self) -> str:
        """Artist and title."""
        return f"{self.artist} - {self.title}"
