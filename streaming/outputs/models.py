"""Where stations are sent, and what of it is kept."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.audit.watching import watch

REPORTED = (
    "state",
    "queued_ms",
    "next_try_at",
    "on_backup",
    "renewals_total",
    "renewed_at",
    "renewal_gap_ms",
    "connected",
    "connected_since",
    "down_since",
    "backup_connected",
    "bytes_total",
    "reconnects_total",
    "dropped_packets_total",
    "counted",
    "last_error",
    "last_error_at",
)
"""Of a destination: what its encoder says of it each second."""


class Destination(models.Model):
    """A station's way out: YouTube, Twitch, any RTMP(S) or SRT address, HLS push, a recording.

    Stream key and passphrase are encrypted at rest.
    """

    class Kind(models.TextChoices):
        """How it is sent."""

        RTMP = "rtmp", "RTMP or RTMPS"
        SRT = "srt", "SRT"
        HLS = "hls", "HLS push"
        RECORDING = "recording", "recording"

    class Backup(models.TextChoices):
        """What the backup address is for."""

        OFF = "off", "not used"
        STANDBY = "standby", "used while the first one fails"
        BOTH = "both", "sent to as well, always"

    class State(models.TextChoices):
        """What its connection does, as the encoder told last."""

        IDLE = "", "not on air"
        CONNECTING = "connecting", "connecting"
        UP = "up", "connected"
        WAITING = "waiting", "waiting to try again"
        RENEWING = "renewing", "connecting anew as planned"
        HELD = "held", "held back: this machine may not send now"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="destinations")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.RTMP, db_default=Kind.RTMP, editable=False)
    platform = models.CharField(
        max_length=32, blank=True, db_default="", editable=False, help_text="A preset's short name."
    )
    url = models.CharField("address", max_length=500, blank=True, help_text="Without the stream key.")
    backup_url = models.CharField(
        "backup address",
        max_length=500,
        blank=True,
        db_default="",
        help_text="The platform's second ingest, for the same key.",
    )
    backup = models.CharField("backup ingest", max_length=8, choices=Backup, default=Backup.OFF, db_default=Backup.OFF)
    allow_private = models.BooleanField(
        "private addresses allowed",
        default=False,
        db_default=False,
        help_text="Let this destination lie on this machine or in a private network.",
    )
    via_relay = models.BooleanField(
        "through the relay",
        default=False,
        db_default=False,
        help_text="The relay sends it there, and the encoder only to the relay (docs/relay.md). Plain rtmp:// only.",
    )
    key_sealed = models.BinaryField(blank=True, default=b"", editable=False)
    key_hint = models.CharField(max_length=4, blank=True, editable=False, help_text="The key's last characters.")
    passphrase_sealed = models.BinaryField(
        blank=True, default=b"", db_default=b"", editable=False, help_text="SRT only."
    )
    renew_after_s = models.PositiveIntegerField(
        "connect anew after",
        null=True,
        blank=True,
        validators=[MinValueValidator(30), MaxValueValidator(20 * 86400)],
        help_text="Seconds. Empty: as the platform's rules ask.",
    )
    renew_wanted_at = models.DateTimeField(null=True, blank=True, editable=False)
    segment_s = models.PositiveIntegerField(
        "file length",
        default=600,
        db_default=600,
        validators=[MinValueValidator(10), MaxValueValidator(6 * 3600)],
        help_text="Recordings: seconds in one file.",
    )
    keep_hours = models.PositiveIntegerField(
        "keep for",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 3660)],
        help_text="Recordings: hours after which a file is removed. Empty: kept for ever.",
    )
    to_storage = models.BooleanField(
        "move to storage",
        default=False,
        db_default=False,
        help_text="Recordings: finished files go to the media storage (S3, if that is set) and leave this machine.",
    )
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # What the encoder last said of it.
    state = models.CharField(
        max_length=12, choices=State, default=State.IDLE, db_default=State.IDLE, blank=True, editable=False
    )
    queued_ms = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="Media that waits to be sent."
    )
    next_try_at = models.DateTimeField(null=True, blank=True, editable=False)
    on_backup = models.BooleanField(default=False, db_default=False, editable=False)
    renewals_total = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    renewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    renewal_gap_ms = models.PositiveIntegerField(null=True, blank=True, editable=False)
    connected = models.BooleanField(default=False, editable=False)
    connected_since = models.DateTimeField(null=True, blank=True, editable=False)
    down_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when it is wanted on air and not connected.",
    )
    backup_connected = models.BooleanField(
        null=True,
        editable=False,
        help_text="Whether the backup ingest has the stream too; empty where it is not sent to always.",
    )
    bytes_total = models.PositiveBigIntegerField(default=0, editable=False)
    reconnects_total = models.PositiveIntegerField(default=0, editable=False)
    dropped_packets_total = models.PositiveBigIntegerField(default=0, editable=False)
    counted = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="The running encoder's counters as far as they are in the totals.",
    )
    last_error = models.TextField(blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        """By station, then name."""

        ordering: ClassVar[list[str]] = ["station", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["station", "name"], name="destination_name_once"),
        ]
        triggers: ClassVar[list[Any]] = watch(
            named="name", station="station_id", ignored=(*REPORTED, "renew_wanted_at", "created_at")
        )

    def __str__(self) -> str:
        """The name."""
        return self.name


class Recording(models.Model):
    """A finished file of a recording."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="recordings")
    destination = models.ForeignKey(
        Destination,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="recordings",
    )
    node = models.ForeignKey("streaming.Node", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    run = models.ForeignKey("streaming.EncoderRun", on_delete=models.CASCADE, related_name="recordings")
    sequence = models.PositiveBigIntegerField(help_text="The fact's number in the run.")
    path = models.CharField(max_length=500, help_text="On the node; empty once it is in storage or removed.")
    stored_name = models.CharField(max_length=300, blank=True, help_text="Its name in the media storage.")
    started_at = models.DateTimeField()
    seconds = models.FloatField()
    bytes = models.PositiveBigIntegerField()
    moved_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        """Newest first; each fact once."""

        db_table = "recordings"
        ordering: ClassVar[list[str]] = ["-started_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "sequence"], name="recording_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["station", "-started_at"], name="recording_newest"),
        ]

    def __str__(self) -> str:
        """Station and start."""
        return f"{self.station_id} {self.started_at:%Y-%m-%d %H:%M:%S}"
