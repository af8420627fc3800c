"""Destinations in the API, for staff. A stream key goes in and never comes out: only its last characters do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.lib.pages import ByName
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination, remove_destination, set_enabled, set_key
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

MASK = "••••"


class DestinationSerializer(serializers.ModelSerializer[Destination]):
    """A way out, and what the encoder last said of it."""

    key = serializers.SerializerMethodField(help_text="Masked; at most its last four characters are told.")

    class Meta:
        model = Destination
        fields: ClassVar[list[str]] = [
            "id",
            "name",
            "url",
            "key",
            "enabled",
            "connected",
            "connected_since",
            "bytes_total",
            "reconnects_total",
            "dropped_packets_total",
            "last_error",
            "last_error_at",
        ]
        read_only_fields = fields

    def get_key(self, destination: Destination) -> str:
        """Return the mask and the hint; empty without a key."""
        return f"{MASK}{destination.key_hint}" if destination.key_sealed else ""


class NewDestinationSerializer(serializers.Serializer[Any]):
    """Where to send a station."""

    url = serializers.CharField(max_length=1000, help_text="rtmp:// or rtmps://, or youtube, twitch, facebook.")
    name = serializers.CharField(required=False, allow_blank=True)
    key = serializers.CharField(required=False, allow_blank=True, write_only=True, help_text="Never shown again.")


class DestinationChangeSerializer(serializers.Serializer[Any]):
    """What may be changed of a destination."""

    enabled = serializers.BooleanField(required=False, help_text="False: nothing is sent there.")
    key = serializers.CharField(required=False, write_only=True, help_text="The new stream key.")


@extend_schema_view(
    list=extend_schema(summary="A station's destinations"),
    create=extend_schema(
        summary="Add a destination",
        request=NewDestinationSerializer,
        responses={201: DestinationSerializer},
    ),
    retrieve=extend_schema(summary="One destination"),
    partial_update=extend_schema(
        summary="Change a destination's key, or leave it out for now",
        request=DestinationChangeSerializer,
        responses=DestinationSerializer,
    ),
    destroy=extend_schema(summary="Forget a destination and its key", responses={204: None}),
)
class DestinationViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Destination]):
    """Where a station is sent."""

    queryset = Destination.objects.none()
    serializer_class = DestinationSerializer
    pagination_class = ByName

    def get_queryset(self) -> QuerySet[Destination]:
        """Return the station's destinations only."""
        return Destination.objects.filter(station=self._station())

    def create(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Add a destination."""
        wanted = NewDestinationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        destination = add_destination(station=self._station(), **wanted.validated_data)
        return Response(DestinationSerializer(destination).data, status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, slug: str, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Change key or state."""
        destination = self.get_object()
        change = DestinationChangeSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        if "key" in change.validated_data:
            set_key(destination=destination, key=change.validated_data["key"])
        if "enabled" in change.validated_data:
            set_enabled(destination=destination, enabled=change.validated_data["enabled"])
        return Response(DestinationSerializer(destination).data)

    def destroy(self, request: Request, slug: str, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Forget a destination."""
        remove_destination(destination=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _station(self) -> Station:
        return get_object_or_404(Station, slug=self.kwargs["slug"])
