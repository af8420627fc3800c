"""What was on air, and what went wrong: facts, stored once each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Airing(models.Model):
    """What went out, from the first frame on (table ``play_history``)."""

    class Seam(models.TextChoices):
        """How one picture gave way to the next."""

        PLAYED = "played", "with its transition"
        LATE = "late", "cut: the transition was not ready"
        FAILED = "failed", "cut: the transition could not be made"
        CUT = "cut", "cut, as wanted"

    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="airings")
    run = models.ForeignKey("streaming.EncoderRun", null=True, on_delete=models.SET_NULL, related_name="airings")
    sequence = models.PositiveBigIntegerField(help_text="The fact's number in the encoder's journal.")
    cue = models.ForeignKey("streaming.Cue", null=True, blank=True, on_delete=models.SET_NULL, related_name="airings")
    change = models.ForeignKey(
        "streaming.TrackChange",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="airings",
    )
    loop = models.ForeignKey("catalog.Loop", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    track_key = models.CharField(max_length=512)
    artist = models.CharField(max_length=256, blank=True)
    title = models.CharField(max_length=256, blank=True)
    album = models.CharField(max_length=256, blank=True)
    song_id = models.CharField(max_length=128, blank=True)
    started_at = models.DateTimeField(help_text="When the first frame went out.")
    duration_seconds = models.PositiveIntegerField(null=True, blank=True, help_text="Set when the next one starts.")
    frame = models.PositiveBigIntegerField(help_text="Index of the first frame in the run.")
    switch_ms = models.PositiveIntegerField(default=0, help_text="From the command to the first frame, milliseconds.")
    seam = models.CharField(
        max_length=8,
        blank=True,
        choices=Seam,
        help_text="How the picture changed; empty where it did not.",
    )
    titled = models.BooleanField(null=True, help_text="Whether its title was on the picture; empty: none was wanted.")
    pid = models.PositiveIntegerField(null=True)
    had_errors = models.BooleanField(default=False)
    error_message = models.TextField(blank=True)

    class Meta:
        """The seeds' table name; one row per fact; newest first."""

        db_table = "play_history"
        ordering: ClassVar[list[str]] = ["-started_at"]
        verbose_name_plural = "play history"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "sequence"], name="airing_fact_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # With the tie-break in it, this one needs no sort for a station's newest rows; the planner then never
            # walks the other one in search of a station that has not aired yet.
            models.Index(fields=["station", "-started_at", "-id"], name="airing_newest"),
            models.Index(fields=["-started_at"], name="airing_newest_all"),
        ]

    def __str__(self) -> str:
        """The track."""
        return f"{self.artist} - {self.title}"


class ErrorEntry(models.Model):
    """Something that went wrong and who should know (table ``error_log``)."""

    class Severity(models.TextChoices):
        """How bad."""

        WARNING = "warning", "warning"
        ERROR = "error", "error"
        CRITICAL = "critical", "critical"

    station = models.ForeignKey(
        "streaming.Station",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="errors",
    )
    run = models.ForeignKey("streaming.EncoderRun", null=True, on_delete=models.SET_NULL, related_name="+")
    sequence = models.PositiveBigIntegerField(null=True)
    timestamp = models.DateTimeField()
    service = models.CharField(max_length=64)
    severity = models.CharField(max_length=16, choices=Severity)
    message = models.TextField()
    context = models.JSONField(default=dict, blank=True)

    class Meta:
        """The seeds' table name; one row per fact; newest first."""

        db_table = "error_log"
        ordering: ClassVar[list[str]] = ["-timestamp"]
        verbose_name = "error"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "sequence"], name="error_fact_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-timestamp"], name="error_newest"),
            models.Index(fields=["station", "severity", "-timestamp"], name="error_by_station"),
        ]

    def __str__(self) -> str:
        """The message."""
        return self.message


class SoundStep(models.Model):
    """A station's sound went over to another source: from the main one to a backup, to the emergency list, and back."""

    class Lane(models.TextChoices):
        """Where sound can come from, best first."""

        TAKEOVER = "takeover", "a presenter"
        MAIN = "main", "the main source"
        BACKUP = "backup", "a backup source"
        EMERGENCY = "emergency", "the emergency playlist"
        SILENCE = "silence", "silence"

    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="sound_steps")
    run = models.ForeignKey("streaming.EncoderRun", null=True, on_delete=models.SET_NULL, related_name="+")
    sequence = models.PositiveBigIntegerField(help_text="The fact's number in the encoder's journal.")
    at = models.DateTimeField()
    lane = models.CharField(max_length=16, choices=Lane)
    name = models.CharField(max_length=120, blank=True, help_text="The backup's or presenter's name.")
    reason = models.TextField(blank=True, help_text="Why, in a sentence.")

    class Meta:
        """One row per fact; newest first."""

        db_table = "sound_steps"
        ordering: ClassVar[list[str]] = ["-at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "sequence"], name="sound_step_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["station", "-at"], name="sound_step_newest"),
        ]

    def __str__(self) -> str:
        """Where the sound comes from."""
        return self.get_lane_display()
