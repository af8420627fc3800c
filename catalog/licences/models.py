"""Licences: what their owner permits, from when until when."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.audit.watching import watch

if TYPE_CHECKING:
    from datetime import datetime


class LicenceQuerySet(models.QuerySet["Licence"]):
    """Licences."""

    def in_force(self, at: datetime) -> LicenceQuerySet:
        """Return those that permit airing at an instant."""
        begun, not_over = Q(valid_from=None) | Q(valid_from__lte=at), Q(valid_until=None) | Q(valid_until__gt=at)
        return self.filter(begun, not_over).exclude(consent=Licence.Consent.WITHDRAWN)


class Licence(models.Model):
    """A right to air: one for all the loops and tracks that came under the same terms.

    Neither side of the term is needed. Outside of it, and after somebody shown withdrew their consent, nothing under it
    is aired (``terms.py``).
    """

    class Kind(models.TextChoices):
        """Where the right comes from."""

        OWN = "own", "our own work"
        CC0 = "cc0", "public domain or CC0"
        CC_BY = "cc-by", "Creative Commons, with attribution"
        CC_OTHER = "cc-other", "Creative Commons, with further terms"
        STOCK = "stock", "a stock library"
        PERMISSION = "permission", "the owner's permission"
        SOCIETY = "society", "a collecting society"
        OTHER = "other", "something else"

    class Consent(models.TextChoices):
        """What the people who can be seen or heard say."""

        NOBODY = "nobody", "nobody can be recognised"
        GIVEN = "given", "given in writing"
        UNKNOWN = "unknown", "not known"
        WITHDRAWN = "withdrawn", "withdrawn"

    class State(models.TextChoices):
        """What holds now."""

        IN_FORCE = "in_force", "in force"
        NOT_BEGUN = "not_begun", "not begun"
        OVER = "over", "over"
        WITHDRAWN = "withdrawn", "consent withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True, help_text="What you call it, e.g. the pack or the contract.")
    owner = models.CharField(max_length=200, help_text="Who holds the rights.")
    kind = models.CharField(max_length=16, choices=Kind)
    proof_url = models.CharField(
        "proof on the web", max_length=500, blank=True, help_text="The page that states the licence."
    )
    proof_file = models.FileField("proof as a file", upload_to="licences/", max_length=200, blank=True, editable=False)
    proof_name = models.CharField(max_length=255, blank=True, editable=False)
    valid_from = models.DateTimeField(null=True, blank=True, help_text="Empty: it holds already.")
    valid_until = models.DateTimeField(null=True, blank=True, help_text="Empty: it does not end.")
    consent = models.CharField("consent of people shown", max_length=16, choices=Consent, default=Consent.UNKNOWN)
    note = models.TextField(max_length=2000, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        """By name; a term that ends before it begins is none."""

        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="licence_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["valid_until"], name="licence_end")]
        triggers: ClassVar[list[Any]] = watch(named="name", ignored=("created_at",))

    def __str__(self) -> str:
        """The name."""
        return self.name

    def state_at(self, at: datetime | None = None) -> Licence.State:
        """Return what holds at an instant, or now."""
        at = at or timezone.now()
        if self.consent == self.Consent.WITHDRAWN:
            return self.State.WITHDRAWN
        if self.valid_from is not None and at < self.valid_from:
            return self.State.NOT_BEGUN
        if self.valid_until is not None and at >= self.valid_until:
            return self.State.OVER
        return self.State.IN_FORCE
