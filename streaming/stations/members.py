"""Who does what at which station."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from accounts.audit.watching import watch


class StationMember(models.Model):
    """A person's role at one station; one may have several."""

    class Role(models.TextChoices):
        """What is permitted to whom stands in ``accounts/people/matrix.py``."""

        OPERATOR = "operator", "operator"
        EDITOR = "editor", "editor"
        PRESENTER = "presenter", "presenter"

    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="station_roles")
    role = models.CharField(max_length=12, choices=Role)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        """A role once."""

        ordering: ClassVar[list[str]] = ["station", "role", "person"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "station", "role"], name="station_member_once"),
        ]
        triggers: ClassVar[list[Any]] = watch(named="role", station="station_id", ignored=("added_at",))

    def __str__(self) -> str:
        """Who is what, where."""
        return f"{self.person}: {self.role} of {self.station}"
