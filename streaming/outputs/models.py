"""Where stations are sent."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class Destination(models.Model):
    """A station's way out: YouTube, Twitch, any RTMP(S) address. The stream key is encrypted at rest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="destinations")
    name = models.CharField(max_length=80)
    url = models.CharField("address", max_length=500, help_text="rtmp:// or rtmps://, without the stream key.")
    key_sealed = models.BinaryField(blank=True, default=b"", editable=False)
    key_hint = models.CharField(max_length=4, blank=True, editable=False, help_text="The key's last characters.")
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # What the encoder last said of it.
    connected = models.BooleanField(default=False, editable=False)
    connected_since = models.DateTimeField(null=True, blank=True, editable=False)
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

    def __str__(self) -> str:
        """The name."""
        return self.name
