"""The record of sign-ins, refusals and changes."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
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
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            # A person who is deleted leaves the event; nothing else of it ever changes.
            pgtrigger.Protect(
                name="unchanged", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["person"])
            ),
        ]

    def __str__(self) -> str:
        """What happened, to whom."""
        return f"{self.kind} {self.outcome} {self.who}".strip()


class Change(models.Model):
    """A row of a watched table that was added, changed or removed; written by the database (``watching.py``).

    It points at nothing: what it tells of may be gone. Rows are only ever added, and deleted when they are old.
    """

    class Action(models.TextChoices):
        """What became of the row."""

        INSERT = "insert", "added"
        UPDATE = "update", "changed"
        DELETE = "delete", "removed"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=6, choices=Action)
    kind = models.CharField("what", max_length=64, help_text="The table, as app.model.")
    object_id = models.CharField(max_length=64)
    object_name = models.CharField(max_length=200, blank=True, help_text="As it was called then.")
    station = models.UUIDField(null=True, help_text="The station it belongs to, if it belongs to one.")
    changes = models.JSONField(default=dict, help_text='By column: [before, after]; "hidden" for a secret.')
    person = models.UUIDField(null=True)
    who = models.CharField(max_length=254, blank=True, help_text="The person's address then, or user and machine.")
    ip = models.GenericIPAddressField(null=True)
    door = models.CharField(max_length=16, blank=True)
    path = models.CharField(max_length=200, blank=True, help_text="Path, command or task.")
    key = models.CharField("API key", max_length=16, blank=True)
    together = models.BigIntegerField(help_text="The same for all that was changed in one transaction.")

    class Meta:
        """Newest first; never counted, never changed."""

        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "object_id", "-id"], name="change_of_object"),
            models.Index(fields=["station", "-id"], name="change_of_station"),
            models.Index(fields=["person", "-id"], name="change_by_person"),
            models.Index(fields=["at"], name="change_at"),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        """What happened to what."""
        return f"{self.object_name or self.object_id} {self.get_action_display()}"
