"""Machines that run encoders, and the encoders."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Node(models.Model):
    """A machine that runs encoders."""

    name = models.CharField(max_length=120, unique=True)
    pid = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    version = models.CharField(max_length=64, blank=True, db_default="")
    capacity = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="How many stations it may run. Empty: as many as come.",
    )
    labels = ArrayField(
        models.SlugField(max_length=32),
        default=list,
        db_default=[],
        blank=True,
        help_text="What this machine is or has, by comma; stations may ask for it.",
    )
    draining = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Hands its stations to other machines and takes no new ones.",
    )
    gone_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="An operator's word that this machine is switched off: others may take all its stations.",
    )

    def __str__(self) -> str:
        """The name."""
        return self.name


class Encoder(models.Model):
    """The playout process of one station, as it is now."""

    class State(models.TextChoices):
        """Where it is in its life."""

        STOPPED = "STOPPED", "stopped"
        SPAWNING = "SPAWNING", "starting"
        RUNNING = "RUNNING", "on air"
        CRASHED = "CRASHED", "crashed, restarting"
        FAILED = "FAILED", "failed, needs an operator"

    station = models.OneToOneField(
        "streaming.Station",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="encoder",
    )
    state = models.CharField(max_length=16, choices=State, default=State.STOPPED)
    state_since = models.DateTimeField(null=True, blank=True)
    node = models.ForeignKey(Node, null=True, blank=True, on_delete=models.SET_NULL, related_name="encoders")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="The node's hold on the station.")
    lease_serial = models.PositiveBigIntegerField(
        default=0,
        db_default=0,
        help_text="Grows with each renewal: a lease is over when it stood still for long enough, whatever clocks say.",
    )
    lease_fenced = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The encoder stops sending by itself when the lease is not renewed, so another node may take it.",
    )
    handover_to = models.ForeignKey(Node, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    handover_ready = models.BooleanField(
        default=False, db_default=False, help_text="The other node's encoder waits for its turn."
    )
    run = models.ForeignKey(
        "streaming.EncoderRun",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    pid = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="Last statistics received.")
    cpu_percent = models.FloatField(default=0, help_text="Per cent of one core.")
    memory_mb = models.FloatField(default=0, help_text="Resident, MiB.")
    frame = models.PositiveBigIntegerField(default=0, help_text="Video frames sent in this run.")
    source_up = models.BooleanField(default=False)
    source_error = models.TextField(blank=True)
    lane = models.CharField(max_length=16, blank=True, help_text="Where the sound comes from: main, backup …")
    lane_name = models.CharField(max_length=120, blank=True)
    delay_ms = models.PositiveIntegerField(default=0, help_text="From the sound's arrival to its going out.")
    measured_delay_ms = models.IntegerField(
        null=True,
        blank=True,
        help_text="From the source's word to the sound's change, as measured at the last changes.",
    )
    momentary_lufs = models.FloatField(null=True, blank=True)
    short_term_lufs = models.FloatField(null=True, blank=True)
    integrated_lufs = models.FloatField(null=True, blank=True)
    true_peak_db = models.FloatField(null=True, blank=True, help_text="dBTP, the last seconds' highest.")
    gain_db = models.FloatField(default=0, help_text="What evening out adds, dB.")
    seams_total = models.JSONField(default=dict, blank=True, help_text="Changes of picture by how they were made.")
    ready_total = models.JSONField(
        default=dict,
        blank=True,
        help_text="Changes of track by whether titled picture and seam were ready.",
    )
    lane_steps_total = models.JSONField(default=dict, blank=True, help_text="Steps of the sound by where they led.")
    restarts = models.PositiveSmallIntegerField(default=0, help_text="Crashes in a row.")
    restarts_total = models.PositiveIntegerField(default=0)
    tracks_played_total = models.PositiveBigIntegerField(default=0)
    switch_seconds_sum = models.FloatField(default=0)
    switch_seconds_buckets = ArrayField(
        models.PositiveBigIntegerField(),
        default=list,
        help_text="Counts per bucket of radio_track_switch_duration_seconds, not cumulated.",
    )
    next_start_at = models.DateTimeField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    last_lines = models.TextField(blank=True, help_text="The last lines the encoder logged before it ended.")

    def __str__(self) -> str:
        """Station and state."""
        return f"{self.station_id}: {self.state}"


class EncoderRun(models.Model):
    """One life of an encoder process; facts are stored once per (run, sequence)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="runs")
    node = models.ForeignKey(Node, null=True, on_delete=models.SET_NULL, related_name="+")
    pid = models.PositiveIntegerField(null=True)
    stored_sequence = models.PositiveBigIntegerField(default=0, help_text="Facts up to here are stored.")
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-started_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["station", "-started_at"], name="run_newest"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
