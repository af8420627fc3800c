"""Destinations in the API. Keys and passphrases go in and never come out: only a key's end does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.lib.pages import ByName
from streaming.outputs import services
from streaming.outputs.models import Destination
from streaming.outputs.rules import profile_warnings
from streaming.outputs.told import masked_key
from streaming.outputs.trying import try_destination
from streaming.stations.api_access import BelowStation

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

URL_HELP = (
    "rtmp://, rtmps://, srt://host:port?latency=…, https://…/out.m3u8 (HLS push; {key} in it stands for the key), or a "
    "word: youtube, twitch, facebook, youtube-hls, recording, relay."
)
FACTS = [
    "state",
    "connected",
    "connected_since",
    "down_since",
    "next_try_at",
    "on_backup",
    "backup_connected",
    "queued_ms",
    "bytes_total",
    "reconnects_total",
    "dropped_packets_total",
    "renewals_total",
    "renewed_at",
    "renewal_gap_ms",
    "last_error",
    "last_error_at",
]


class DestinationSerializer(serializers.ModelSerializer[Destination]):
    """A way out, and what the encoder last said of it."""

    key = serializers.SerializerMethodField(help_text="Masked; at most its last four characters are told.")
    has_passphrase = serializers.SerializerMethodField(help_text="Whether an SRT passphrase is kept.")
    warnings = serializers.SerializerMethodField(help_text="What of the station's profile the platform will not like.")

    class Meta:
        model = Destination
        fields: ClassVar[list[str]] = [
            "id",
            "name",
            "kind",
            "platform",
            "url",
            "key",
            "has_passphrase",
            "enabled",
            *services.EDITABLE,
            *FACTS,
            "warnings",
        ]
        read_only_fields = fields

    def get_key(self, destination: Destination) -> str:
        """Return the mask and the hint; empty without a key."""
        return masked_key(destination)

    def get_has_passphrase(self, destination: Destination) -> bool:
        """Tell whether there is one."""
        return bool(destination.passphrase_sealed)

    def get_warnings(self, destination: Destination) -> list[str]:
        """Return the platform's rules that are broken, each in a sentence."""
        return profile_warnings(destination)


class OptionsSerializer(serializers.ModelSerializer[Destination]):
    """What may be said of a destination beside address, key and name; what is not given stays as it is."""

    passphrase = serializers.CharField(
        required=False, allow_blank=True, write_only=True, help_text="SRT only, 10 to 79 characters. Never shown again."
    )

    class Meta:
        model = Destination
        fields: ClassVar[list[str]] = [*services.EDITABLE, "passphrase"]
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {name: {"required": False} for name in services.EDITABLE}


class NewDestinationSerializer(OptionsSerializer):
    """Where to send a station."""

    url = serializers.CharField(max_length=1000, help_text=URL_HELP)
    name = serializers.CharField(required=False, allow_blank=True, help_text="Empty: the platform's or host's.")
    key = serializers.CharField(required=False, allow_blank=True, write_only=True, help_text="Never shown again.")

    class Meta(OptionsSerializer.Meta):
        fields: ClassVar[list[str]] = ["url", "name", "key", *OptionsSerializer.Meta.fields]


class DestinationChangeSerializer(OptionsSerializer):
    """What may be changed of a destination; another address keeps the key unless a new one is given."""

    url = serializers.CharField(required=False, max_length=1000, help_text=URL_HELP)
    name = serializers.CharField(required=False)
    enabled = serializers.BooleanField(required=False, help_text="False: paused, nothing is sent there.")
    key = serializers.CharField(required=False, write_only=True, help_text="The new stream key.")

    class Meta(OptionsSerializer.Meta):
        fields: ClassVar[list[str]] = ["url", "name", "enabled", "key", *OptionsSerializer.Meta.fields]


class TestResultSerializer(serializers.Serializer[Any]):
    """What trying a destination showed."""

    ok = serializers.BooleanField()
    sentence = serializers.CharField()

    __test__ = False  # not a test class, whatever pytest thinks of the name


@extend_schema_view(
    list=extend_schema(summary="A station's destinations"),
    create=extend_schema(
        summary="Add a destination",
        request=NewDestinationSerializer,
        responses={201: DestinationSerializer},
    ),
    retrieve=extend_schema(summary="One destination"),
    partial_update=extend_schema(
        summary="Change a destination's address, key or rules, or pause it",
        request=DestinationChangeSerializer,
        responses=DestinationSerializer,
    ),
    destroy=extend_schema(summary="Forget a destination and its key", responses={204: None}),
)
class DestinationViewSet(BelowStation, ListModelMixin, RetrieveModelMixin, GenericViewSet[Destination]):
    """Where a station is sent."""

    queryset = Destination.objects.none()
    serializer_class = DestinationSerializer
    pagination_class = ByName
    needs: ClassVar = {
        "list": "streaming.view_destination",
        "create": "streaming.add_destination",
        "retrieve": "streaming.view_destination",
        "partial_update": "streaming.change_destination",
        "destroy": "streaming.delete_destination",
        "trial": "streaming.change_destination",
        "renewal": "streaming.change_destination",
    }

    def get_queryset(self) -> QuerySet[Destination]:
        """Return the station's destinations only."""
        return Destination.objects.filter(station=self.station).select_related("station__profile")

    def create(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Add a destination."""
        wanted = NewDestinationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        destination = services.add_destination(station=self.station, **wanted.validated_data)
        return Response(self._told(destination), status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, slug: str, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Change what is given, all of it or nothing."""
        change = DestinationChangeSerializer(data=request.data, partial=True)
        change.is_valid(raise_exception=True)
        return Response(self._told(services.change_destination(destination=self.get_object(), **change.validated_data)))

    def destroy(self, request: Request, slug: str, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Forget a destination."""
        services.remove_destination(destination=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Try a destination; nothing is published", request=None, responses=TestResultSerializer)
    @action(detail=True, methods=["post"])
    def trial(self, request: Request, slug: str, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Connect as far as can be done without the key, and say what answered."""
        return Response(TestResultSerializer(try_destination(destination=self.get_object())).data)

    @extend_schema(summary="Connect a destination anew, at the next keyframe", request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def renewal(self, request: Request, slug: str, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Have its connection ended and made again."""
        services.renew_destination(destination=self.get_object())
        return Response(status=status.HTTP_202_ACCEPTED)

    def _told(self, destination: Destination) -> dict[str, Any]:
        return dict(DestinationSerializer(destination).data)
