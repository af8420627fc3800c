"""Loops, the profiles they are compiled to, and the compiled renditions."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from accounts.audit.watching import watch


class EncodingProfile(models.Model):
    """The one shape all renditions of a station share: size, rate, bit rate, GOP and parameter sets."""

    name = models.SlugField(primary_key=True, max_length=32)
    width = models.PositiveSmallIntegerField(help_text="Pixels, even.")
    height = models.PositiveSmallIntegerField(help_text="Pixels, even.")
    frame_rate = models.PositiveSmallIntegerField(help_text="Frames per second.")
    video_kbps = models.PositiveIntegerField(help_text="Kilobits per second.")
    audio_kbps = models.PositiveIntegerField(default=160, help_text="Kilobits per second.")
    gop_frames = models.PositiveSmallIntegerField(help_text="Frames from one keyframe to the next, at most.")
    level = models.CharField(max_length=8, help_text="H.264 level, for example 3.1.")
    buffer_ms = models.PositiveIntegerField(
        "buffer",
        default=1000,
        help_text="Milliseconds of the video bit rate: the decoder's buffer, which the stream never bursts.",
    )
    strict_cbr = models.BooleanField(
        "strictly constant bit rate",
        default=False,
        help_text="Fill up to the bit rate at every instant, as Twitch asks; costs bandwidth on still pictures.",
    )
    extradata = models.BinaryField(
        null=True,
        editable=False,
        help_text="The avcC record every rendition of this profile must carry, set by the first one.",
    )

    class Meta:
        """Smallest first."""

        ordering: ClassVar[list[str]] = ["height", "name"]

    def __str__(self) -> str:
        """The name."""
        return self.name

    def coding(self) -> dict[str, Any]:
        """Return it as whoever encodes takes it (``inside.encoder.Profile``)."""
        return {
            "width": self.width,
            "height": self.height,
            "frame_rate": self.frame_rate,
            "kbps": self.video_kbps,
            "gop_frames": self.gop_frames,
            "level": self.level,
            "buffer_ms": self.buffer_ms,
            "strict_cbr": self.strict_cbr,
        }


CHECKED = (
    "file",
    "thumbnail",
    "sha256",
    "size",
    "container",
    "codec",
    "width",
    "height",
    "frame_rate",
    "duration_ms",
    "status",
    "reason",
    "join_difference",
    "created_at",
)
"""Of a loop: what its check and its compiles find out."""


class Loop(models.Model):
    """A video that an operator uploaded, or one of ours (the slate, the demo loops)."""

    class Status(models.TextChoices):
        """How far intake is."""

        CHECKING = "checking", "being checked"
        READY = "ready", "ready"
        REFUSED = "refused", "refused"

    class Blend(models.TextChoices):
        """Whether its end is cross-faded into its beginning."""

        AUTO = "auto", "if it does not join by itself"
        ALWAYS = "always", "always"
        NEVER = "never", "never"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="loops/", max_length=200)
    thumbnail = models.FileField(upload_to="thumbnails/", max_length=200, blank=True)
    original_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    container = models.CharField(max_length=32, blank=True)
    codec = models.CharField(max_length=32, blank=True)
    width = models.PositiveIntegerField(default=0, help_text="Pixels, as shown (rotation applied).")
    height = models.PositiveIntegerField(default=0, help_text="Pixels, as shown (rotation applied).")
    frame_rate = models.FloatField(default=0, help_text="Frames per second, mean.")
    duration_ms = models.PositiveIntegerField(default=0, help_text="Milliseconds.")
    tags = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.CHECKING)
    reason = models.TextField(blank=True, help_text="Why it was refused.")
    builtin = models.SlugField(
        max_length=32,
        blank=True,
        help_text="Set on loops that Longwave draws itself: 'slate', 'demo-…'.",
    )
    blend = models.CharField(
        "blend the join",
        max_length=8,
        choices=Blend,
        default=Blend.AUTO,
        help_text="Cross-fade the loop's end into its beginning, once, when it is compiled.",
    )
    join_difference = models.FloatField(
        null=True,
        blank=True,
        editable=False,
        help_text="How far the last picture is from the first, against two neighbours in between; 1 is seamless.",
    )
    licence = models.ForeignKey(
        "catalog.Licence", null=True, blank=True, on_delete=models.PROTECT, related_name="loops"
    )
    uploaded_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first; built-in loops exist once."""

        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["builtin"], condition=~Q(builtin=""), name="loop_builtin_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["tags"], name="loop_tags"),
            models.Index(fields=["-created_at"], name="loop_newest"),
        ]
        triggers: ClassVar[list[Any]] = watch(named="name", ignored=CHECKED)

    def __str__(self) -> str:
        """The name."""
        return self.name


class Rendition(models.Model):
    """A loop compiled to a profile, ready to be stream-copied; addressed by its content."""

    class Status(models.TextChoices):
        """How far the compile is."""

        WAITING = "waiting", "waiting"
        COMPILING = "compiling", "compiling"
        READY = "ready", "ready"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    loop = models.ForeignKey(Loop, on_delete=models.CASCADE, related_name="renditions")
    profile = models.ForeignKey(EncodingProfile, on_delete=models.PROTECT, related_name="renditions")
    content_key = models.CharField(
        max_length=64,
        unique=True,
        help_text="SHA-256 over the loop's content, the profile and the compiler's version.",
    )
    card = models.ForeignKey(
        "catalog.TitleCard",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="renditions",
        help_text="The now-playing title drawn into it; none is the plain loop.",
    )
    file = models.FileField(upload_to="renditions/", max_length=200, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    progress = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)], help_text="Per cent.")
    reason = models.TextField(blank=True, help_text="Why it failed.")
    attempts = models.PositiveSmallIntegerField(default=0)
    frames = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    heartbeat_at = models.DateTimeField(null=True, blank=True, help_text="Last sign of life of the compile.")
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    last_aired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["last_aired_at"],
                condition=Q(card__isnull=False),
                name="rendition_titled_aired",
            ),
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(status__in=["waiting", "compiling"]),
                name="rendition_unfinished",
            ),
        ]

    def __str__(self) -> str:
        """Loop and profile."""
        return f"{self.loop_id} at {self.profile_id}"

    @property
    def is_unfinished(self) -> bool:
        """Whether its state will still change by itself."""
        return self.status in {self.Status.WAITING, self.Status.COMPILING}


class Artwork(models.Model):
    """A cover fetched from where a source said it is: checked, decoded and stored anew; never shown as it came."""

    class Status(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "waiting"
        READY = "ready", "ready"
        REFUSED = "refused", "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address_key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the address.")
    address = models.TextField(help_text="Where the source says it is.")
    file = models.FileField(upload_to="artwork/", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the stored file.")
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    reason = models.TextField(blank=True, help_text="Why it was refused.")
    fetched_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """The address."""
        return self.address


class TitleCard(models.Model):
    """A now-playing title as a transparent picture of the profile's size, addressed by all that is drawn on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content_key = models.CharField(
        max_length=64,
        unique=True,
        help_text="SHA-256 over design, words, cover, size and the drawer's version.",
    )
    width = models.PositiveIntegerField(help_text="Pixels.")
    height = models.PositiveIntegerField(help_text="Pixels.")
    artist = models.CharField(max_length=256, blank=True)
    title = models.CharField(max_length=256, blank=True)
    file = models.FileField(upload_to="cards/", max_length=200)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """The words."""
        return f"{self.artist} - {self.title}"
