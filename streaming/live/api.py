"""What the API tells of a station as listeners see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.people.permitted import PUBLIC
from streaming.asrun.models import SoundStep
from streaming.live.queries import station_snapshot
from streaming.nodes.models import Encoder
from streaming.stations.models import Station

if TYPE_CHECKING:
    from rest_framework.request import Request


class LoopNameSerializer(serializers.Serializer[Any]):
    """A loop as listeners know it."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class PlayedSerializer(serializers.Serializer[Any]):
    """What is on, or was."""

    artist = serializers.CharField()
    title = serializers.CharField()
    album = serializers.CharField()
    started_at = serializers.DateTimeField(help_text="When its first frame went out.")
    loop = LoopNameSerializer(allow_null=True)


class SoundSerializer(serializers.Serializer[Any]):
    """Where the sound comes from."""

    lane = serializers.ChoiceField(choices=SoundStep.Lane.choices, allow_blank=True, help_text="Empty: not known yet.")
    words = serializers.CharField(help_text="A sentence while something else than the main source is heard.")


class StationSerializer(serializers.Serializer[Any]):
    """A station as its page shows it."""

    slug = serializers.CharField()
    name = serializers.CharField()
    on_air = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Encoder.State.choices)
    since = serializers.DateTimeField(allow_null=True, help_text="When this state began.")
    now = PlayedSerializer(allow_null=True, help_text="Null while off air.")
    sound = SoundSerializer(allow_null=True, help_text="Null while off air.")
    picture = LoopNameSerializer(allow_null=True, help_text="The loop of its still picture.")


class NowPlayingSerializer(StationSerializer):
    """The station with what it played before; the same as its live socket sends."""

    at = serializers.DateTimeField(help_text="When this was read.")
    history = PlayedSerializer(many=True, help_text="Newest first, at most 20.")
    listeners = serializers.IntegerField(allow_null=True)


class NowPlayingViewSet(GenericViewSet[Station]):
    """What is on at a station."""

    queryset = Station.objects.select_related("default_loop")
    serializer_class = NowPlayingSerializer
    needs: ClassVar = {"retrieve": PUBLIC}
    lookup_field = "slug"

    @extend_schema(summary="What is on now, and the last tracks", responses=NowPlayingSerializer)
    def retrieve(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Answer what the live socket would send."""
        return Response(NowPlayingSerializer(station_snapshot(self.get_object())).data)
