"""Machines in the API: how they are, draining, one that is gone, and where a station is to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.lib.pages import ByName
from streaming.nodes import queries, services
from streaming.nodes.models import Node
from streaming.stations.api_access import BelowStation
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

STATES = ("up", "draining", "silent", "gone")
LABEL = 32
MOST_STATIONS = 32_767


class NodeSerializer(serializers.Serializer[Any]):
    """A machine that runs encoders."""

    name = serializers.CharField()
    state = serializers.ChoiceField(
        choices=STATES, help_text="`silent`: not heard of for ten seconds. `gone`: declared switched off."
    )
    stations = serializers.IntegerField(help_text="How many it runs.")
    coming = serializers.IntegerField(help_text="How many are being handed to it.")
    capacity = serializers.IntegerField(allow_null=True, help_text="How many it may run; null: as many as come.")
    labels = serializers.ListField(child=serializers.CharField())
    draining = serializers.BooleanField()
    cpu_percent = serializers.FloatField(help_text="Of one core, all its encoders together.")
    memory_mb = serializers.FloatField(help_text="MiB, all its encoders together.")
    version = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    seen_at = serializers.DateTimeField(allow_null=True)
    gone_at = serializers.DateTimeField(allow_null=True)


class NodeChangeSerializer(serializers.Serializer[Any]):
    """What may be changed of a machine."""

    draining = serializers.BooleanField(required=False, help_text="True: hand its stations to others, take no more.")
    labels = serializers.ListField(required=False, child=serializers.SlugField(max_length=LABEL))
    capacity = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST_STATIONS)
    gone = serializers.BooleanField(
        required=False,
        help_text="True: it is switched off, so others take all it holds. Refused while it is heard of. "
        "It registers again when its node is started.",
    )

    def validate_gone(self, value: bool) -> bool:  # noqa: FBT001 - DRF's signature
        """A machine comes back by itself."""
        if not value:
            raise serializers.ValidationError("Start its node: then it is not gone any more.")
        return value


class HandOverSerializer(serializers.Serializer[Any]):
    """Where a station is to run."""

    to = serializers.CharField(required=False, help_text="A machine's name. Without: the least loaded that fits.")


@extend_schema_view(
    list=extend_schema(summary="Machines, by name", responses=NodeSerializer(many=True)),
    retrieve=extend_schema(summary="One machine", responses=NodeSerializer),
    partial_update=extend_schema(
        summary="Drain a machine, describe it, or declare it gone",
        request=NodeChangeSerializer,
        responses=NodeSerializer,
    ),
)
class NodeViewSet(GenericViewSet[Node]):
    """Machines."""

    queryset = Node.objects.all()
    serializer_class = NodeSerializer
    pagination_class = ByName
    needs: ClassVar = {
        "list": "streaming.view_node",
        "retrieve": "streaming.view_node",
        "partial_update": "streaming.change_node",
    }
    lookup_field = "name"

    def get_queryset(self) -> QuerySet[Node]:
        """Return them with state and load."""
        return queries.with_state(super().get_queryset())

    def list(self, request: Request) -> Response:  # noqa: ARG002 - a view's signature
        """Answer a page of machines."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(NodeSerializer([queries.document(row) for row in page], many=True).data)

    def retrieve(self, request: Request, name: str) -> Response:  # noqa: ARG002 - a view's signature
        """Answer one machine."""
        return Response(NodeSerializer(queries.document(self.get_object())).data)

    def partial_update(self, request: Request, name: str) -> Response:
        """Change what was said; answers before stations have moved."""
        node: Node = self.get_object()
        asked = NodeChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        change = asked.validated_data
        if "labels" in change or "capacity" in change:
            labels, capacity = change.get("labels", node.labels), change.get("capacity", node.capacity)
            services.describe(node=node, labels=labels, capacity=capacity)
        if "draining" in change:
            services.drain(node=node, draining=change["draining"])
        if change.get("gone"):
            services.declare_gone(node=node)
        return self.retrieve(request, name)


class HandOverViewSet(BelowStation, GenericViewSet[Station]):
    """A station's way to another machine."""

    queryset = Station.objects.all()
    serializer_class = HandOverSerializer
    lookup_field = "slug"
    needs: ClassVar = {"create": "streaming.change_node"}

    @extend_schema(
        summary="Hand a station to another machine",
        description="An encoder is started there and takes over when it is ready, with a break of less than three "
        "seconds. Answers before that: read `coming` of the machine, or the encoder's machine.",
        request=HandOverSerializer,
        responses={202: NodeSerializer},
    )
    def create(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Begin to hand it over."""
        asked = HandOverSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        name = asked.validated_data.get("to")
        to = get_object_or_404(Node, name=name) if name is not None else None
        chosen = services.hand_over(station=self.station, to=to)
        row = queries.with_state(Node.objects.filter(pk=chosen.pk)).get()
        return Response(NodeSerializer(queries.document(row)).data, status=status.HTTP_202_ACCEPTED)
