"""Keys of programs, and what signs tokens."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.audit.watching import watch


class SigningKey(models.Model):
    """An RSA key that signs access tokens; the private half is sealed with a key outside the database."""

    kid = models.CharField(primary_key=True, max_length=32)
    sealed_private = models.BinaryField()
    public = models.TextField(help_text="PEM, SubjectPublicKeyInfo.")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True, help_text="From then on it signs nothing new.")

    class Meta:
        """Newest first: that one signs."""

        ordering: ClassVar[list[str]] = ["-created_at"]
        triggers: ClassVar[list[Any]] = watch(named="kid", key="kid")

    def __str__(self) -> str:
        """The id that tokens name."""
        return self.kid


class TokenFamily(models.Model):
    """One sign-in of a program: its refresh tokens follow one another, and all end together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="token_families")
    serial = models.PositiveIntegerField(default=0, help_text="Of the newest refresh token; an older one was stolen.")
    ip = models.GenericIPAddressField(null=True, blank=True, help_text="Where it was first used.")
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=32, blank=True)

    class Meta:
        """A person's, newest first."""

        verbose_name_plural = "token families"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-used_at"], name="family_of_person"),
            models.Index(fields=["expires_at"], name="family_end"),
        ]

    def __str__(self) -> str:
        """The device's word for itself."""
        return self.agent or str(self.pk)


class ApiKey(models.Model):
    """A machine's key: what it may do at which stations. Of the key itself only a digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, help_text="What uses it: the machine or the script.")
    prefix = models.CharField(max_length=12, unique=True, help_text="The key's beginning, to tell keys apart.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the whole key, which is random.")
    actions = ArrayField(models.CharField(max_length=64), default=list)
    stations = ArrayField(models.UUIDField(), default=list, blank=True, help_text="Ids. Empty: all the person's.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )

    class Meta:
        """A person's, newest first."""

        verbose_name = "API key"
        ordering: ClassVar[list[str]] = ["-created_at"]
        triggers: ClassVar[list[Any]] = watch(named="name", ignored=("used_at",))

    def __str__(self) -> str:
        """Its name and beginning."""
        return f"{self.name} ({self.prefix}…)"
