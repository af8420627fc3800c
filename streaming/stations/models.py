"""Stations: a sound, its pictures, its destinations; and what new ones start from."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.audit.watching import watch

WEBHOOK_SECRET = ("webhook_digest", "webhook_digest_before", "webhook_before_until")
"""The columns that tell a genuine webhook."""


class DefaultConfig(models.Model):
    """A named default that new stations start from (table ``default_config``)."""

    key = models.CharField(primary_key=True, max_length=64)
    value = models.JSONField()

    class Meta:
        """The seeds' table name."""

        db_table = "default_config"
        verbose_name = "default"
        ordering: ClassVar[list[str]] = ["key"]

    def __str__(self) -> str:
        """The key."""
        return self.key


class Station(models.Model):
    """One programme."""

    class SourceKind(models.TextChoices):
        """Where sound and track changes come from."""

        AZURACAST = "azuracast", "AzuraCast"
        ICECAST = "icecast", "Icecast or any radio URL"
        PLAYLIST = "playlist", "our own catalogue"

    class Transition(models.TextChoices):
        """How one loop gives way to the next."""

        CROSSFADE = "crossfade", "cross-fade"
        FADE = "fade", "fade through black"
        WIPE = "wipe", "wipe"
        CUT = "cut", "cut"

    class Look(models.TextChoices):
        """What is on the picture besides the loop."""

        LOOP = "loop", "the loop alone"
        SPECTRUM = "spectrum", "the loop with a spectrum of the sound"
        WAVEFORM = "waveform", "the loop with the sound's waveform"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    source_kind = models.CharField(max_length=16, choices=SourceKind)
    audio_url = models.CharField("sound URL", max_length=500, blank=True, help_text="The radio's stream.")
    metadata_url = models.CharField(
        "now-playing URL",
        max_length=500,
        blank=True,
        help_text="AzuraCast: /api/nowplaying/ and the short name. Icecast: /status-json.xsl. Empty: none is polled.",
    )
    shortcode = models.CharField(
        "short name",
        max_length=100,
        blank=True,
        help_text="The station's short name at AzuraCast, for webhooks without a station in their URL.",
    )
    webhook_digest = models.CharField(max_length=64, blank=True, editable=False)
    webhook_digest_before = models.CharField(max_length=64, blank=True, editable=False, db_default="")
    webhook_before_until = models.DateTimeField(null=True, blank=True, editable=False)
    shuffle = models.BooleanField(default=False, help_text="Play the playlist in random order.")
    profile = models.ForeignKey("catalog.EncodingProfile", on_delete=models.PROTECT, related_name="stations")
    default_loop = models.ForeignKey(
        "catalog.Loop",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="default_of",
    )
    held_loop = models.ForeignKey(
        "catalog.Loop",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="held_by",
        help_text="Shown whatever plays, until released.",
    )
    transition = models.CharField(
        max_length=16,
        choices=Transition,
        default=Transition.CROSSFADE,
        help_text="How one loop gives way to the next.",
    )
    transition_ms = models.PositiveIntegerField(
        "transition length",
        default=1000,
        validators=[MinValueValidator(100), MaxValueValidator(2000)],
        help_text="Milliseconds.",
    )
    look = models.CharField(
        max_length=16,
        choices=Look,
        default=Look.LOOP,
        help_text="A band driven by the sound has to be encoded live: about a third of a core at 720p.",
    )
    sync_delay_ms = models.IntegerField(
        "picture delay",
        null=True,
        blank=True,
        validators=[MinValueValidator(-10_000), MaxValueValidator(120_000)],
        help_text="Milliseconds from the source's word to the sound's change. Empty: measured.",
    )
    return_after_s = models.PositiveIntegerField(
        "return after",
        default=10,
        validators=[MaxValueValidator(3600)],
        help_text="Seconds the main source must have been good before it is heard again.",
    )
    silence_s = models.PositiveIntegerField(
        "silence counts as loss after",
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(3600)],
        help_text="Seconds. Empty: silence is played like any other sound; it is only reported.",
    )
    silence_db = models.FloatField(
        "silence level",
        default=-60,
        validators=[MinValueValidator(-90), MaxValueValidator(-20)],
        help_text="dBFS below which sound is silence.",
    )
    normalise = models.BooleanField(
        "even out loudness",
        default=False,
        help_text="Bring the sound to the target loudness, slowly enough not to be heard.",
    )
    loudness_target = models.FloatField(
        default=-14,
        validators=[MinValueValidator(-31), MaxValueValidator(-9)],
        help_text="LUFS (EBU R 128).",
    )
    peak_limit = models.FloatField(
        default=-1,
        validators=[MinValueValidator(-9), MaxValueValidator(0)],
        help_text="dBTP: the true peak that the output never passes.",
    )
    quiet_hour = models.PositiveSmallIntegerField(
        default=4,
        db_default=4,
        validators=[MaxValueValidator(23)],
        help_text="The hour with the fewest listeners (0–23, UTC): connections that must be renewed are renewed then.",
    )
    pinned_node = models.ForeignKey(
        "streaming.Node",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="pinned_stations",
        help_text="Runs on this machine only, and never stops because the database cannot be reached.",
    )
    needs_labels = ArrayField(
        models.SlugField(max_length=32),
        default=list,
        db_default=[],
        blank=True,
        help_text="Runs only on machines that have all of these labels.",
    )
    aac_passthrough = models.BooleanField(
        "pass AAC through",
        default=False,
        db_default=False,
        help_text="Send a source's AAC as it is while it has the output's form: less work, but its loudness "
        "is neither shown nor evened out.",
    )
    wanted_on_air = models.BooleanField(default=False)
    restart_wanted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        """By name; a short name belongs to one station."""

        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["shortcode"],
                condition=~models.Q(shortcode=""),
                name="station_shortcode_once",
            ),
        ]
        triggers: ClassVar[list[Any]] = watch(named="name", station="id", ignored=("restart_wanted_at", "created_at"))

    def __str__(self) -> str:
        """The name."""
        return self.name

    def set_webhook_secret(self, secret: str, *, before_until: datetime | None = None) -> None:
        """Keep a keyed digest of the webhook secret, never itself; the one before is known until ``before_until``."""
        self.webhook_digest_before = self.webhook_digest if before_until else ""
        self.webhook_before_until = before_until
        self.webhook_digest = _digest(secret)

    def knows_webhook_secret(self, secret: str) -> bool:
        """Tell in constant time whether this is the station's webhook secret; no secret set refuses all."""
        given = _digest(secret)
        is_present = constant_time_compare(self.webhook_digest, given)
        is_before = constant_time_compare(self.webhook_digest_before, given)
        return is_present or (is_before and self.knows_secret_before)

    @property
    def knows_secret_before(self) -> bool:
        """Tell whether the secret before the present one is still taken."""
        until = self.webhook_before_until
        return bool(self.webhook_digest_before) and until is not None and timezone.now() < until


class PlaylistEntry(models.Model):
    """A track's place in a station's playlist."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="playlist")
    track = models.ForeignKey("catalog.Track", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        """In order."""

        ordering: ClassVar[list[str]] = ["position", "id"]
        verbose_name_plural = "playlist entries"

    def __str__(self) -> str:
        """Position and track."""
        return f"{self.position}. {self.track}"


class BackupSource(models.Model):
    """Sound to turn to while the main source is lost, by priority."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="backups")
    priority = models.PositiveSmallIntegerField(help_text="The lowest is tried first.")
    name = models.CharField(max_length=120)
    audio_url = models.CharField("sound URL", max_length=500)
    enabled = models.BooleanField(default=True)

    class Meta:
        """In the order in which they are tried."""

        ordering: ClassVar[list[str]] = ["priority", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["station", "priority"], name="backup_priority_once"),
        ]
        triggers: ClassVar[list[Any]] = watch(named="name", station="station_id")

    def __str__(self) -> str:
        """The name."""
        return self.name


class EmergencyEntry(models.Model):
    """A track's place in what a station plays when every source is lost."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="emergency")
    track = models.ForeignKey("catalog.Track", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        """In order."""

        ordering: ClassVar[list[str]] = ["position", "id"]
        verbose_name_plural = "emergency entries"

    def __str__(self) -> str:
        """Position and track."""
        return f"{self.position}. {self.track}"


def _digest(secret: str) -> str:
    return salted_hmac("longwave.station.webhook", secret, algorithm="sha256").hexdigest()
