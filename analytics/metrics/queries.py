"""Reads what one scrape tells, within a deadline."""

from __future__ import annotations

from django.utils import timezone

from analytics.metrics.destinations import DESTINATION_FIELDS, DestinationFacts
from analytics.metrics.exposition import EncoderFacts, ErrorFacts, Facts
from analytics.metrics.models import ErrorCount
from analytics.metrics.nodes import NODE_FIELDS, NodeFacts
from analytics.metrics.pictures import PICTURE_FIELDS, PictureFacts
from analytics.metrics.platforms import PLATFORM_FIELDS, PlatformFacts
from analytics.metrics.sound import SOUND_FIELDS, SoundFacts
from config.lib.deadline import read_within
from streaming.nodes.models import Encoder, Node
from streaming.nodes.queries import with_state
from streaming.outputs.models import Destination
from streaming.platforms.models import PlatformPlan

ENCODER_FIELDS = (
    "station__slug",
    "state",
    "started_at",
    "cpu_percent",
    "memory_mb",
    "restarts_total",
    "tracks_played_total",
    "switch_seconds_sum",
    "switch_seconds_buckets",
)


async def scrape() -> Facts:
    """Return everything the metrics tell; a few small queries, none of which grows with time.

    Raises:
        DatabaseAwayError: no answer within the deadline.

    """
    encoders, destinations, errors, sound, pictures, platforms, nodes = await read_within(
        Encoder.objects.order_by("station__slug").values_list(*ENCODER_FIELDS),
        Destination.objects.filter(enabled=True).order_by("station__slug", "name").values_list(*DESTINATION_FIELDS),
        ErrorCount.objects.order_by("pk").values_list("station__slug", "severity", "total"),
        Encoder.objects.order_by("station__slug").values_list(*SOUND_FIELDS),
        Encoder.objects.order_by("station__slug").values_list(*PICTURE_FIELDS),
        PlatformPlan.objects.order_by("station__slug", "pk").values_list(*PLATFORM_FIELDS),
        with_state(Node.objects.order_by("name")).values_list(*NODE_FIELDS),
    )
    return Facts(
        at=timezone.now(),
        encoders=[EncoderFacts(*row) for row in encoders],
        destinations=[DestinationFacts(*row) for row in destinations],
        errors=[ErrorFacts(*row) for row in errors],
        sound=[SoundFacts(*row) for row in sound],
        pictures=[PictureFacts(*row) for row in pictures],
        platforms=[PlatformFacts(*row) for row in platforms],
        nodes=[NodeFacts(*row) for row in nodes],
    )
