"""One-time codes that were sent to phones."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class PhoneChallenge(models.Model):
    """One code, asked for by one browser or program; a row is written whether the number is known or not.

    ``person`` is empty for a number that nobody has: such a challenge is answered like any other and never succeeds.
    """

    class Purpose(models.TextChoices):
        """What a right code does; it does nothing else."""

        SIGN_IN = "sign_in", "sign in"
        NUMBER = "number", "keep the number"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.SIGN_IN, db_default="sign_in")
    phone = models.CharField(max_length=16)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="phone_challenges"
    )
    code_hash = models.CharField(max_length=200)
    bound_to = models.CharField(max_length=64, help_text="SHA-256 of the secret that the asking browser holds.")
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    sent = models.BooleanField(default=False)

    class Meta:
        """Old ones are deleted by their end."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["phone", "created_at"], name="challenge_of_phone"),
            models.Index(fields=["expires_at"], name="challenge_end"),
        ]

    def __str__(self) -> str:
        """Never the number whole."""
        return f"Code for …{self.phone[-3:]}"
