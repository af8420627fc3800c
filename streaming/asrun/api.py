"""What was on air, in the API: open to all, in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from accounts.people.permitted import PUBLIC
from config.lib.pages import ByStart
from streaming.asrun.models import Airing
from streaming.live.api import LoopNameSerializer
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.db.models import QuerySet


class AiringSerializer(serializers.ModelSerializer[Airing]):
    """One track that went out."""

    loop = LoopNameSerializer(allow_null=True)

    class Meta:
        model = Airing
        fields: ClassVar[list[str]] = ["artist", "title", "album", "started_at", "duration_seconds", "loop"]
        read_only_fields = fields


@extend_schema_view(list=extend_schema(summary="What a station played, newest first"))
class HistoryViewSet(ListModelMixin, GenericViewSet[Airing]):
    """What went out at a station, the track on air included."""

    queryset = Airing.objects.none()
    serializer_class = AiringSerializer
    needs: ClassVar = {"list": PUBLIC}
    pagination_class = ByStart

    def get_queryset(self) -> QuerySet[Airing]:
        """Return the station's airings."""
        station = get_object_or_404(Station, slug=self.kwargs["slug"])
        return Airing.objects.filter(station=station).select_related("loop")
