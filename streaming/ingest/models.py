"""Presenters who may take a station over with a live stream of their own, and when they did."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models

from accounts.audit.watching import watch


class PresenterKey(models.Model):
    """A presenter's stream key; only its digest is kept, and it is shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="presenter_keys")
    name = models.CharField("presenter", max_length=120)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=4, blank=True, editable=False, help_text="The key's last characters.")
    person = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="presenter_keys",
        help_text="Whose it is, where the presenter has an account: they see it themselves.",
    )
    created_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        """By station, then name."""

        ordering: ClassVar[list[str]] = ["station", "name"]
        triggers: ClassVar[list[Any]] = watch(
            named="name", station="station_id", ignored=("last_used_at", "created_at")
        )

    def __str__(self) -> str:
        """The presenter."""
        return self.name


class Takeover(models.Model):
    """A presenter's stream, from publish to its end."""

    class End(models.TextChoices):
        """Why it ended."""

        STOPPED = "stopped", "the presenter stopped"
        STALLED = "stalled", "the presenter's stream stalled"
        REVOKED = "revoked", "the key was revoked"
        REPLACED = "replaced", "another presenter took over"
        ENDED = "ended", "an operator ended it"
        UNUSABLE = "unusable", "the stream could not be played"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="takeovers")
    key = models.ForeignKey(PresenterKey, null=True, on_delete=models.SET_NULL, related_name="takeovers")
    client_id = models.CharField(max_length=64, help_text="The ingest server's number of the connection.")
    stream = models.CharField(max_length=64, unique=True, help_text="The name the stream has inside the ingest server.")
    published_at = models.DateTimeField(auto_now_add=True)
    on_air_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=16, choices=End, blank=True)
    copied = models.BooleanField(null=True, help_text="Copied as it came; else encoded anew.")
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        """Newest first; one at a time per station."""

        ordering: ClassVar[list[str]] = ["-published_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["station"],
                condition=models.Q(ended_at=None),
                name="takeover_one_at_a_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["station", "-published_at"], name="takeover_newest"),
        ]

    def __str__(self) -> str:
        """Stream and station."""
        return f"{self.stream}"
