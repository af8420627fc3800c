"""Which picture goes with which track, and what was decided for each change."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models

from accounts.audit.watching import watch


class TrackMapping(models.Model):
    """Which loop a track shows at a station (table ``track_mappings``)."""

    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="mappings")
    track_key = models.CharField(max_length=512, help_text="Normalised 'artist - title'.")
    song_id = models.CharField("song id", max_length=128, blank=True, help_text="The source's id of the song.")
    loop = models.ForeignKey("catalog.Loop", on_delete=models.CASCADE, related_name="mappings")
    play_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        """The seeds' table name; a track key is unique per station."""

        db_table = "track_mappings"
        ordering: ClassVar[list[str]] = ["track_key"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["station", "track_key"], name="mapping_track_key_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["station", "song_id"],
                condition=~models.Q(song_id=""),
                name="mapping_song_id",
            ),
        ]
        triggers: ClassVar[list[Any]] = watch(
            named="track_key", station="station_id", ignored=("play_count", "created_at")
        )

    def __str__(self) -> str:
        """The key."""
        return self.track_key


class Cue(models.Model):
    """What we decided to show for a track change, or because an operator said so."""

    class Reason(models.TextChoices):
        """What led to this loop."""

        TRACK_KEY = "track_key", "mapped by track"
        SONG_ID = "song_id", "mapped by song id"
        DEFAULT = "default", "the station's default"
        SLATE = "slate", "no loop: the slate"
        HELD = "held", "held by an operator"
        MANUAL = "manual", "shown by an operator"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="cues")
    change = models.ForeignKey(
        "streaming.TrackChange",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="cues",
    )
    loop = models.ForeignKey("catalog.Loop", null=True, on_delete=models.SET_NULL, related_name="+")
    rendition = models.ForeignKey("catalog.Rendition", null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=16, choices=Reason)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When the sound of its track changes.")
    due_exact = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A title in the sound told so; else it is an estimate.",
    )

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["station", "-created_at"], name="cue_newest"),
            models.Index(fields=["-created_at"], name="cue_newest_all"),
            models.Index(fields=["station", "created_at"], condition=models.Q(sent_at=None), name="cue_unsent"),
        ]

    def __str__(self) -> str:
        """Why and what."""
        return f"{self.reason}: {self.loop_id}"
