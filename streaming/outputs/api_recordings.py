"""Recordings in the API: what was recorded, where it is, and the files themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.lib.pages import ByStart
from streaming.outputs import keeping
from streaming.outputs.models import Recording
from streaming.stations.api_access import BelowStation

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase
    from rest_framework.request import Request


class RecordingSerializer(serializers.ModelSerializer[Recording]):
    """A finished file of a recording."""

    state = serializers.SerializerMethodField(help_text="On disk, Stored, Waits (it could not be moved) or Removed.")
    is_here = serializers.SerializerMethodField(help_text="Whether its file can be had from here.")

    class Meta:
        model = Recording
        fields: ClassVar[list[str]] = [
            "id",
            "destination",
            "started_at",
            "seconds",
            "bytes",
            "state",
            "is_here",
            "moved_at",
            "removed_at",
            "error",
        ]
        read_only_fields = fields

    def get_state(self, recording: Recording) -> str:
        """Return where it is, in a word."""
        return keeping.state_of(recording).word

    def get_is_here(self, recording: Recording) -> bool:
        """Tell whether it can be had."""
        return keeping.is_here(recording)


@extend_schema_view(
    list=extend_schema(summary="A station's recordings, newest first"),
    retrieve=extend_schema(summary="One recording"),
    destroy=extend_schema(summary="Remove a recording's file; that it was recorded stays", responses={204: None}),
)
class RecordingViewSet(BelowStation, ListModelMixin, RetrieveModelMixin, GenericViewSet[Recording]):
    """What was recorded of a station."""

    queryset = Recording.objects.none()
    serializer_class = RecordingSerializer
    pagination_class = ByStart
    needs: ClassVar = {
        "list": "streaming.view_recording",
        "retrieve": "streaming.view_recording",
        "destroy": "streaming.delete_recording",
        "file": "streaming.view_recording",
    }

    def get_queryset(self) -> QuerySet[Recording]:
        """Return the station's recordings only."""
        return Recording.objects.filter(station=self.station).select_related("station", "node")

    def destroy(self, request: Request, slug: str, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Have the file removed."""
        keeping.remove_recording(recording=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="A recording's file, in parts if Range asks for them",
        responses={(200, "video/*"): OpenApiTypes.BINARY, (206, "video/*"): OpenApiTypes.BINARY, 302: None},
    )
    @action(detail=True, methods=["get"])
    def file(self, request: Request, slug: str, pk: str) -> HttpResponseBase:  # noqa: ARG002 - a view's signature
        """Send the file."""
        try:
            return keeping.send(request, self.get_object())
        except FileNotFoundError as error:
            raise Http404("The file is on another machine, or it was removed.") from error
