"""Alerts in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from config.lib.pages import NewestFirst
from streaming.alerts.models import Alert
from streaming.stations.api_access import NarrowsToStations

if TYPE_CHECKING:
    from django.db.models import QuerySet


class AlertSerializer(serializers.ModelSerializer[Alert]):
    """Something that is or was wrong."""

    station = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)

    class Meta:
        model = Alert
        fields: ClassVar[list[str]] = [
            "id",
            "kind",
            "subject",
            "station",
            "severity",
            "sentence",
            "opened_at",
            "seen_at",
            "closed_at",
        ]
        read_only_fields = fields


class AlertQuerySerializer(serializers.Serializer[Any]):
    """Which alerts."""

    open = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="True: what is wrong now. False: what is over."
    )


class ByOpening(NewestFirst):
    """Newest first."""

    ordering = ("-opened_at", "-id")


@extend_schema_view(list=extend_schema(summary="What is or was wrong", parameters=[AlertQuerySerializer]))
class AlertViewSet(NarrowsToStations, ListModelMixin, GenericViewSet[Alert]):
    """What is or was wrong, newest first."""

    queryset = Alert.objects.select_related("station")
    serializer_class = AlertSerializer
    pagination_class = ByOpening
    needs: ClassVar = {"list": "streaming.view_alert"}

    def get_queryset(self) -> QuerySet[Alert]:
        """Return all, or those that are open or over."""
        asked = AlertQuerySerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        is_open = asked.validated_data["open"]
        rows = self.allowed(super().get_queryset())
        return rows if is_open is None else rows.filter(closed_at__isnull=is_open)
