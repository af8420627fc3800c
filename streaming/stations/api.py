"""Stations in the API: anybody may see them; who may makes, starts and stops them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.people.permitted import PUBLIC
from config.lib.pages import BySlug
from streaming.live.api import StationSerializer
from streaming.live.queries import heads
from streaming.stations.api_access import NarrowsToStations
from streaming.stations.models import Station
from streaming.stations.services import create_station, renew_secret, start_station, stop_station

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class NewStationSerializer(serializers.Serializer[Any]):
    """What a new station starts from; the service checks it and names the field that is wrong."""

    slug = serializers.CharField()
    name = serializers.CharField()
    source_kind = serializers.ChoiceField(choices=Station.SourceKind.choices)
    audio_url = serializers.CharField(required=False, allow_blank=True, help_text="The radio's stream.")
    metadata_url = serializers.CharField(required=False, allow_blank=True)
    shortcode = serializers.CharField(required=False, allow_blank=True)
    profile = serializers.CharField(required=False)
    secret = serializers.CharField(required=False, write_only=True, help_text="The webhook's secret; never shown.")


class StationChangeSerializer(serializers.Serializer[Any]):
    """What may be changed of a station here."""

    wanted_on_air = serializers.BooleanField(help_text="True: put it on air. False: take it off.")


class NewSecretSerializer(serializers.Serializer[Any]):
    """How to replace the webhook secret."""

    overlap_hours = serializers.IntegerField(
        default=24, min_value=0, max_value=720, help_text="So long the present one is taken still."
    )


class MadeSecretSerializer(serializers.Serializer[Any]):
    """The new one."""

    webhook_secret = serializers.CharField(help_text="For AzuraCast; it is never told again.")
    before_until = serializers.DateTimeField(allow_null=True, help_text="So long the one before is taken.")


@extend_schema_view(
    list=extend_schema(summary="Stations, by slug", responses=StationSerializer(many=True)),
    create=extend_schema(
        summary="Make a station",
        description="It is not on air yet.",
        request=NewStationSerializer,
        responses={201: StationSerializer},
    ),
    retrieve=extend_schema(summary="One station", responses=StationSerializer),
    partial_update=extend_schema(
        summary="Put a station on air, or take it off",
        description="Answers before the encoder has followed: read `state`, or listen to the live socket.",
        request=StationChangeSerializer,
        responses=StationSerializer,
    ),
)
class StationViewSet(NarrowsToStations, GenericViewSet[Station]):
    """Stations."""

    queryset = Station.objects.select_related("encoder", "default_loop")
    serializer_class = StationSerializer
    needs: ClassVar = {
        "list": PUBLIC,
        "retrieve": PUBLIC,
        "create": "streaming.add_station",
        "partial_update": "streaming.change_station",
        "renew_secret": "streaming.change_station",
    }
    pagination_class = BySlug
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Station]:
        """Return all stations to look at, and one's own to change."""
        return self.allowed(super().get_queryset())

    def list(self, request: Request) -> Response:  # noqa: ARG002 - a view's signature
        """Answer a page of stations."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(StationSerializer(heads(page or []), many=True).data)

    def create(self, request: Request) -> Response:
        """Make a station."""
        wanted = NewStationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        station = create_station(**wanted.validated_data)
        return Response(StationSerializer(heads([station])[0]).data, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Answer one station."""
        return Response(StationSerializer(heads([self.get_object()])[0]).data)

    def partial_update(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Start or stop a station."""
        station = self.get_object()
        change = StationChangeSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        verb = start_station if change.validated_data["wanted_on_air"] else stop_station
        verb(station=station)
        return Response(StationSerializer(heads([station])[0]).data)

    @extend_schema(
        summary="Make a new webhook secret, told this once",
        request=NewSecretSerializer,
        responses={201: MadeSecretSerializer},
    )
    def renew_secret(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Replace it; both are taken for a while."""
        station = self.get_object()
        asked = NewSecretSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        secret = renew_secret(station=station, overlap=timedelta(hours=asked.validated_data["overlap_hours"]))
        told = MadeSecretSerializer({"webhook_secret": secret, "before_until": station.webhook_before_until}).data
        return Response(told, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})
