"""What is wrong now, and where that is told."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from accounts.audit.watching import watch

if TYPE_CHECKING:
    from datetime import datetime


class Severity(models.TextChoices):
    """How bad it is, from least to worst."""

    WARNING = "warning", "warning"
    ERROR = "error", "error"
    CRITICAL = "critical", "critical"

    def up_to(self) -> list[str]:
        """Return this severity and the lesser ones."""
        words = list(Severity.values)
        return words[: words.index(self.value) + 1]


class Alert(models.Model):
    """Something that is wrong until it is over; one row from the first sign to the end."""

    Severity = Severity

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.SlugField(max_length=48, help_text="What is wrong, in one word: platform-offline, node-gone …")
    subject = models.CharField(max_length=80, help_text="What it is about, e.g. destination:<id>.")
    station = models.ForeignKey(
        "streaming.Station",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="alerts",
    )
    severity = models.CharField(max_length=12, choices=Severity)
    sentence = models.TextField(help_text="What is wrong, and what to do.")
    opened_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(help_text="When it was true last.")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first; one open alert of a kind about a thing."""

        ordering: ClassVar[list[str]] = ["-opened_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(closed_at=None),
                name="alert_open_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-opened_at"], name="alert_newest"),
        ]

    def __str__(self) -> str:
        """Kind and subject."""
        return f"{self.kind} {self.subject}"

    @property
    def is_open(self) -> bool:
        """Whether it is wrong still."""
        return self.closed_at is None


class ChannelQuerySet(models.QuerySet["AlertChannel"]):
    """Channels."""

    def wanting(self, severity: str) -> ChannelQuerySet:
        """Return those that are told of this severity."""
        return self.filter(enabled=True, least__in=Severity(severity).up_to())


class AlertChannel(models.Model):
    """Where alerts are told: a Discord, Slack or Telegram room, an e-mail address. Its address is a secret."""

    class Kind(models.TextChoices):
        """What it is."""

        DISCORD = "discord", "Discord"
        SLACK = "slack", "Slack"
        TELEGRAM = "telegram", "Telegram"
        EMAIL = "email", "e-mail"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=80, unique=True)
    secret_sealed = models.BinaryField(blank=True, default=b"", editable=False, help_text="Webhook address or token.")
    recipient = models.CharField(max_length=200, blank=True, help_text="Telegram's chat, or the e-mail address.")
    least = models.CharField(
        "from",
        max_length=12,
        choices=Severity,
        default=Severity.ERROR,
        help_text="The least severity that is told here.",
    )
    enabled = models.BooleanField(default=True)
    last_error = models.TextField(blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        """By name."""

        ordering: ClassVar[list[str]] = ["name"]
        triggers: ClassVar[list[Any]] = watch(named="name", ignored=("last_error", "last_error_at", "created_at"))

    def __str__(self) -> str:
        """The name."""
        return self.name


class MessageQuerySet(models.QuerySet["AlertMessage"]):
    """Messages."""

    def waiting(self) -> MessageQuerySet:
        """Return those neither told nor given up."""
        return self.filter(sent_at=None, given_up_at=None)

    def due(self, now: datetime) -> MessageQuerySet:
        """Return those to be told now, oldest first; an end waits until its beginning is told."""
        begun = self.model.objects.waiting().filter(
            alert=models.OuterRef("alert"), channel=models.OuterRef("channel"), closing=False
        )
        ready = self.waiting().filter(next_try_at__lte=now, channel__enabled=True)
        return ready.exclude(models.Q(closing=True) & models.Exists(begun)).order_by("pk")


class AlertMessage(models.Model):
    """One alert's opening or end, told to one channel once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="messages")
    channel = models.ForeignKey(AlertChannel, on_delete=models.CASCADE, related_name="messages")
    closing = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        """Each thing is told once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alert", "channel", "closing"], name="alert_told_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="alert_message_due",
            ),
        ]

    def __str__(self) -> str:
        """Alert and channel."""
        return f"{self.alert_id} to {self.channel_id}"
