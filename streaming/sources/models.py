"""What sources reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from django.db import connections, models
from django.db.models import Q

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

# Two index look-ups in one query, and no rows built: this stands in the path of every webhook.
LATELY = """
    WITH said AS (
        SELECT id, dedupe_key, origin, track_key, title, started_at, duration_ms
        FROM streaming_trackchange WHERE station_id = %(station)s AND dedupe_key = %(dedupe_key)s
        UNION
        (SELECT id, dedupe_key, origin, track_key, title, started_at, duration_ms
         FROM streaming_trackchange WHERE station_id = %(station)s ORDER BY id DESC LIMIT 12)
    )
    SELECT * FROM said ORDER BY id DESC
"""


class Said(NamedTuple):
    """What counts of a change when two are compared; a change that is not kept yet has the id 0."""

    id: int
    dedupe_key: str
    origin: str
    track_key: str
    title: str
    started_at: datetime
    duration_ms: int


class TrackChangeQuerySet(models.QuerySet["TrackChange"]):
    """What many changes know."""

    def said_lately(self, *, station: UUID, dedupe_key: str) -> list[Said]:
        """Return the station's last dozen changes and, however old, the one of this key; newest first."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(LATELY, {"station": station, "dedupe_key": dedupe_key})
            return [Said(*row) for row in cursor.fetchall()]

    def oldest_play_known(self, *, station: UUID, of: int) -> datetime | None:
        """Return when the oldest of the station's last ``of`` plays began that its source names; None: it has none."""
        plays = self.filter(station_id=station, dedupe_key__startswith="sh:").order_by("-id")
        return min(plays.values_list("started_at", flat=True)[:of], default=None)


class TrackChange(models.Model):
    """A source says that a track began. One row per play, however often and by whatever way it is reported."""

    class Origin(models.TextChoices):
        """The way a change reached us."""

        WEBHOOK = "webhook", "webhook"
        POLL = "poll", "poll"
        FEED = "feed", "AzuraCast's live feed"
        ICY = "icy", "title in the sound"
        STATUS = "status", "Icecast status page"
        PLAYLIST = "playlist", "our playlist"

    station = models.ForeignKey("streaming.Station", on_delete=models.CASCADE, related_name="track_changes")
    dedupe_key = models.CharField(max_length=160, help_text="Names one play at one station, e.g. 'sh:4711'.")
    origin = models.CharField(max_length=16, choices=Origin)
    artist = models.CharField(max_length=256, blank=True)
    title = models.CharField(max_length=256, blank=True)
    album = models.CharField(max_length=256, blank=True)
    track_key = models.CharField(max_length=512)
    song_id = models.CharField(max_length=128, blank=True)
    duration_ms = models.PositiveIntegerField(default=0, help_text="Milliseconds; 0 is unknown.")
    started_at = models.DateTimeField(help_text="When the source says the track began.")
    received_at = models.DateTimeField(auto_now_add=True)
    cued_at = models.DateTimeField(null=True, blank=True, help_text="When a node took it up.")
    art_url = models.CharField(max_length=1000, blank=True, help_text="Where the source says the cover is.")
    is_jingle = models.BooleanField(default=False)
    streamer = models.CharField(max_length=256, blank=True, help_text="Who presents live; empty: nobody.")
    payload = models.JSONField(null=True, help_text="What was received, as it came.")

    objects: ClassVar[TrackChangeQuerySet] = TrackChangeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        """Newest first; one row per play."""

        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["station", "dedupe_key"], name="track_change_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["station", "id"], condition=Q(cued_at=None), name="track_change_uncued"),
            models.Index(fields=["station", "-id"], name="track_change_newest"),
        ]

    def __str__(self) -> str:
        """Artist and title."""
        return f"{self.artist} - {self.title}"


class UpcomingTrack(models.Model):
    """What a station's source says will play next: a guess, which may be stale or wrong."""

    station = models.OneToOneField(
        "streaming.Station",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="upcoming",
    )
    artist = models.CharField(max_length=256, blank=True)
    title = models.CharField(max_length=256, blank=True)
    album = models.CharField(max_length=256, blank=True)
    track_key = models.CharField(max_length=512)
    song_id = models.CharField(max_length=128, blank=True)
    art_url = models.CharField(max_length=1000, blank=True)
    expected_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(help_text="When the source said so.")
    prepared_at = models.DateTimeField(null=True, blank=True, help_text="When its pictures were asked for.")

    def __str__(self) -> str:
        """Artist and title."""
        return f"{self.artist} - {self.title}"
