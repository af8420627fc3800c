"""The record of sign-ins, refusals and whatever else matters to security."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class SecurityEvent(models.Model):
    """One event. Rows are only ever added, and deleted when they are old."""

    class Outcome(models.TextChoices):
        """How it went."""

        DONE = "done", "done"
        REFUSED = "refused", "refused"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    outcome = models.CharField(max_length=8, choices=Outcome)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="security_events"
    )
    who = models.CharField(max_length=254, blank=True, help_text="The address at that time, if the person is gone.")
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        """Newest first; never counted."""

        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "-id"], name="security_event_kind"),
            models.Index(fields=["person", "-id"], name="security_event_person"),
            models.Index(fields=["at"], name="security_event_at"),
        ]

    def __str__(self) -> str:
        """What happened, to whom."""
        return f"{self.kind} {self.outcome} {self.who}".strip()
