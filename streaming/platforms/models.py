"""Accounts at YouTube and Twitch, what is wanted there for a station, and what the platforms say of it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from accounts.audit.watching import watch
from streaming.platforms.reported import REPORTED


class Kind(models.TextChoices):
    """A platform whose own word we ask for."""

    YOUTUBE = "youtube", "YouTube"
    TWITCH = "twitch", "Twitch"


class PlatformAccount(models.Model):
    """A channel that gave us leave to act for it. Its tokens are encrypted at rest."""

    class State(models.TextChoices):
        """Whether we may act for it."""

        CONNECTED = "connected", "connected"
        AGAIN = "again", "to be connected again"
        DISCONNECTED = "disconnected", "disconnected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    platform = models.CharField(max_length=16, choices=Kind)
    external_id = models.CharField(max_length=80, help_text="The channel's id at the platform.")
    name = models.CharField(max_length=120, help_text="The channel's name.")
    login = models.CharField(max_length=80, blank=True, help_text="Twitch: the name in its address.")
    access_sealed = models.BinaryField(blank=True, default=b"", editable=False)
    refresh_sealed = models.BinaryField(blank=True, default=b"", editable=False)
    access_until = models.DateTimeField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=16, choices=State, default=State.CONNECTED)
    problem = models.TextField(blank=True, help_text="What keeps us from asking, and the remedy.")
    problem_at = models.DateTimeField(null=True, blank=True)
    waits_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Nothing is asked before: the platform's quota or rate is used up, or it is away.",
    )
    failures = models.PositiveSmallIntegerField(default=0, help_text="Rounds in a row in which it was away.")
    health_due_at = models.DateTimeField(null=True, blank=True)
    viewers_due_at = models.DateTimeField(null=True, blank=True)
    validated_at = models.DateTimeField(null=True, blank=True, help_text="When the platform last said the token holds.")
    claim = models.UUIDField(null=True, blank=True, editable=False, help_text="Who works on it now.")
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    connected_at = models.DateTimeField(default=timezone.now)
    connected_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        """By platform and name; a channel once."""

        db_table = "platform_accounts"
        verbose_name = "platform channel"
        ordering: ClassVar[list[str]] = ["platform", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="platform_account_once"),
        ]
        triggers: ClassVar[list[Any]] = watch(named="name", ignored=REPORTED)

    def __str__(self) -> str:
        """Platform and channel."""
        return f"{self.get_platform_display()}: {self.name}"


class DeviceLogin(models.Model):
    """A connection in the making: a code that somebody enters at the platform."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "waiting for the code to be entered"
        DONE = "done", "connected"
        DENIED = "denied", "declined"
        EXPIRED = "expired", "not entered in time"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    platform = models.CharField(max_length=16, choices=Kind)
    device_sealed = models.BinaryField(editable=False)
    user_code = models.CharField(max_length=40)
    address = models.CharField(max_length=500, help_text="Where the code is entered.")
    interval_s = models.PositiveSmallIntegerField()
    next_poll_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    problem = models.TextField(blank=True)
    account = models.ForeignKey(PlatformAccount, null=True, blank=True, on_delete=models.CASCADE, related_name="logins")
    created_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        db_table = "platform_logins"
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_poll_at"], condition=models.Q(state="waiting"), name="platform_login_due"),
        ]

    def __str__(self) -> str:
        """Platform and state."""
        return f"{self.platform}: {self.state}"


class QuotaUse(models.Model):
    """Units of YouTube's daily quota that one account's calls have taken; the day is the Pacific coast's."""

    account = models.ForeignKey(PlatformAccount, on_delete=models.CASCADE, related_name="quota")
    day = models.DateField()
    units = models.PositiveIntegerField(default=0)
    is_spent = models.BooleanField(default=False, help_text="YouTube itself said that nothing is left.")

    class Meta:
        """A row per account and day."""

        db_table = "platform_quota"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "day"], name="platform_quota_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["day"], name="platform_quota_day")]

    def __str__(self) -> str:
        """Day and units."""
        return f"{self.day}: {self.units}"


class PlatformPlan(models.Model):
    """What is wanted at the platform for one of a station's destinations, and what the platform last said of it."""

    class Privacy(models.TextChoices):
        """Who can watch."""

        PUBLIC = "public", "public"
        UNLISTED = "unlisted", "unlisted: whoever has the link"
        PRIVATE = "private", "private"

    class Latency(models.TextChoices):
        """How far viewers are behind."""

        NORMAL = "normal", "normal: best quality"
        LOW = "low", "low"
        ULTRA_LOW = "ultraLow", "ultra low"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="platform_plans")
    account = models.ForeignKey(PlatformAccount, models.CASCADE, related_name="plans", verbose_name="channel")
    destination = models.OneToOneField(
        "streaming.Destination",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="plan",
        help_text="Empty: one is made, with the stream key the platform gives.",
    )
    title = models.CharField(
        max_length=200, default="{station}: live radio", help_text="May hold {station}, {artist}, {title} and {date}."
    )
    description = models.TextField(
        blank=True, validators=[MaxLengthValidator(5000)], help_text="YouTube only. May hold the same words."
    )
    privacy = models.CharField(max_length=16, choices=Privacy, default=Privacy.PUBLIC)
    latency = models.CharField(max_length=16, choices=Latency, default=Latency.NORMAL)
    dvr = models.BooleanField("rewinding", default=True, help_text="Viewers may go back in the running broadcast.")
    rollover_minutes = models.PositiveIntegerField(
        "new broadcast after",
        null=True,
        blank=True,
        validators=[MinValueValidator(30), MaxValueValidator(7 * 24 * 60)],
        help_text="Minutes. Empty: never. 710 (11 h 50 min) keeps every part short enough for YouTube's archive.",
    )
    thumbnail = models.CharField(max_length=200, blank=True, editable=False, help_text="Its name in the storage.")
    category = models.CharField(max_length=100, blank=True, help_text="Twitch: for example Music.")
    tags = ArrayField(
        models.CharField(max_length=25),
        default=list,
        blank=True,
        size=10,
        help_text="Twitch: at most ten, by comma, letters and digits only.",
    )
    follow_tracks = models.BooleanField("title follows tracks", default=False, help_text="Twitch: new with each track.")
    created_at = models.DateTimeField(auto_now_add=True)

    # What the platform last said, and how far we are.
    stream_id = models.CharField(max_length=120, blank=True, editable=False, help_text="YouTube's reusable stream.")
    category_id = models.CharField(max_length=40, blank=True, editable=False)
    stream_status = models.CharField(max_length=24, blank=True, editable=False)
    health = models.CharField(max_length=24, blank=True, editable=False)
    issues = models.JSONField(default=list, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_live_there = models.BooleanField(null=True, editable=False, help_text="Empty: not asked yet.")
    there_since = models.DateTimeField(null=True, blank=True, editable=False, help_text="Since when so.")
    viewers = models.PositiveIntegerField(null=True, blank=True, editable=False)
    viewers_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_title = models.CharField(max_length=200, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    unwanted_since = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.TextField(blank=True, editable=False)
    problem_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_try_at = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        """By station."""

        db_table = "platform_plans"
        verbose_name = "platform plan"
        ordering: ClassVar[list[str]] = ["station", "account"]

    def __str__(self) -> str:
        """Station and channel."""
        return f"{self.station} at {self.account}"

    @property
    def rollover(self) -> timedelta | None:
        """After how long a new broadcast begins; None: never."""
        return timedelta(minutes=self.rollover_minutes) if self.rollover_minutes else None


class Broadcast(models.Model):
    """One video at YouTube: from the wish to have it to its end."""

    class State(models.TextChoices):
        """How far we have brought it."""

        WANTED = "wanted", "wanted"
        CREATED = "created", "made"
        BOUND = "bound", "waits for the stream"
        LIVE = "live", "live"
        COMPLETE = "complete", "over"

    plan = models.ForeignKey(PlatformPlan, on_delete=models.CASCADE, related_name="broadcasts")
    state = models.CharField(max_length=12, choices=State, default=State.WANTED)
    scheduled_at = models.DateTimeField(help_text="To the second; it tells this broadcast from all others.")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When YouTube was asked to make it.")
    video_id = models.CharField(max_length=24, blank=True)
    chat_id = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=100)
    privacy = models.CharField(max_length=16, choices=PlatformPlan.Privacy)
    life_cycle = models.CharField(max_length=24, blank=True, help_text="YouTube's own word.")
    thumbnail_at = models.DateTimeField(null=True, blank=True)
    live_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    refusals = models.PositiveSmallIntegerField(default=0, help_text="How often YouTube refused to put it live.")
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first; a video once."""

        db_table = "platform_broadcasts"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["video_id"], condition=~models.Q(video_id=""), name="broadcast_video_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["plan", "-id"], name="broadcast_newest")]

    def __str__(self) -> str:
        """The title."""
        return self.title

    @property
    def url(self) -> str:
        """Where it is watched; empty before YouTube has made it."""
        return f"https://www.youtube.com/watch?v={self.video_id}" if self.video_id else ""


class ViewerCount(models.Model):
    """How many watched a station at a platform at one time; a row each few minutes, kept for a while."""

    plan = models.ForeignKey(PlatformPlan, on_delete=models.CASCADE, related_name="viewer_counts")
    at = models.DateTimeField()
    viewers = models.PositiveIntegerField()

    class Meta:
        """Newest first."""

        db_table = "platform_viewers"
        ordering: ClassVar[list[str]] = ["-at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["plan", "-at"], name="platform_viewers_newest"),
            models.Index(fields=["at"], name="platform_viewers_oldest"),
        ]

    def __str__(self) -> str:
        """The number."""
        return str(self.viewers)
