"""Mappings in the API: which loop a track shows, one at a time or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import DestroyModelMixin, ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.visuals.models import Loop
from config.lib.pages import ByTrackKey
from streaming.cues.errors import MappingInvalidError
from streaming.cues.models import TrackMapping
from streaming.cues.services import map_key, map_track
from streaming.live.api import LoopNameSerializer
from streaming.stations.api_access import BelowStation

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from streaming.stations.models import Station

MANY = 1000


class MappingSerializer(serializers.ModelSerializer[TrackMapping]):
    """A track and the loop it shows."""

    loop = LoopNameSerializer()

    class Meta:
        model = TrackMapping
        fields: ClassVar[list[str]] = ["id", "track_key", "song_id", "loop", "play_count", "created_at", "updated_at"]
        read_only_fields = fields


class NewMappingSerializer(serializers.Serializer[Any]):
    """A track as a source names it, and the loop to show."""

    artist = serializers.CharField(required=False, allow_blank=True, default="")
    title = serializers.CharField()
    song_id = serializers.CharField(required=False, allow_blank=True, help_text="The source's id of the song.")
    loop = serializers.PrimaryKeyRelatedField(queryset=Loop.objects.all())


class NewMappingsSerializer(serializers.Serializer[Any]):
    """Many tracks at once."""

    mappings = serializers.ListField(child=NewMappingSerializer(), allow_empty=False, max_length=MANY)


class MappingsSerializer(serializers.Serializer[Any]):
    """The mappings as they are now, in the order they were sent."""

    mappings = MappingSerializer(many=True)


class MappingChangeSerializer(serializers.Serializer[Any]):
    """What may be changed of a mapping."""

    loop = serializers.PrimaryKeyRelatedField(queryset=Loop.objects.all(), required=False)
    song_id = serializers.CharField(required=False, allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary="A station's mappings, by track key"),
    create=extend_schema(
        summary="Map a track",
        description="A track that is mapped already gets the new loop.",
        request=NewMappingSerializer,
        responses={201: MappingSerializer},
    ),
    retrieve=extend_schema(summary="One mapping"),
    partial_update=extend_schema(
        summary="Change a mapping's loop or song id",
        request=MappingChangeSerializer,
        responses=MappingSerializer,
    ),
    destroy=extend_schema(summary="Take a mapping away", description="The track shows the station's default again."),
)
class MappingViewSet(BelowStation, ListModelMixin, RetrieveModelMixin, DestroyModelMixin, GenericViewSet[TrackMapping]):
    """Which loop a track shows."""

    queryset = TrackMapping.objects.none()
    serializer_class = MappingSerializer
    pagination_class = ByTrackKey
    needs: ClassVar = {
        "list": "streaming.view_trackmapping",
        "create": "streaming.add_trackmapping",
        "many": "streaming.change_trackmapping",
        "retrieve": "streaming.view_trackmapping",
        "partial_update": "streaming.change_trackmapping",
        "destroy": "streaming.delete_trackmapping",
    }

    def get_queryset(self) -> QuerySet[TrackMapping]:
        """Return the station's mappings only."""
        return TrackMapping.objects.filter(station=self.station).select_related("loop")

    def create(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Map a track."""
        wanted = NewMappingSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        mapping = map_track(station=self.station, **wanted.validated_data)
        return Response(MappingSerializer(mapping).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="stations_mappings_bulk_update",
        summary="Map many tracks at once",
        description=f"All or none; at most {MANY}. An error names the row: `mappings.3.loop`.",
        request=NewMappingsSerializer,
        responses=MappingsSerializer,
    )
    def many(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Map every track of a list, or none of them."""
        wanted = NewMappingsSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        with transaction.atomic():
            mappings = [
                _map_row(self.station, row, entry) for row, entry in enumerate(wanted.validated_data["mappings"])
            ]
        return Response(MappingsSerializer({"mappings": mappings}).data)

    def partial_update(self, request: Request, slug: str, pk: int) -> Response:  # noqa: ARG002 - a view's signature
        """Change loop or song id."""
        mapping = self.get_object()
        change = MappingChangeSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        kept = {"loop": mapping.loop, "song_id": mapping.song_id}
        wanted = {**kept, **change.validated_data}
        return Response(
            MappingSerializer(map_key(station=mapping.station, track_key=mapping.track_key, **wanted)).data,
        )


def _map_row(station: Station, row: int, entry: dict[str, Any]) -> TrackMapping:
    try:
        return map_track(station=station, **entry)
    except MappingInvalidError as error:
        raise MappingInvalidError(f"Row {row}: {error.detail}", field=f"mappings.{row}.{error.field}") from error
