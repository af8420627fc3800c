"""Presenters' keys in the API; a presenter sees their own. A key is told once, in the answer that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.lib.pages import ByName
from streaming.ingest.models import PresenterKey
from streaming.ingest.services import create_presenter_key, revoke_presenter_key
from streaming.stations.api_access import BelowStation

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class PresenterKeySerializer(serializers.ModelSerializer[PresenterKey]):
    """Who may take the station over."""

    class Meta:
        model = PresenterKey
        fields: ClassVar[list[str]] = ["id", "name", "hint", "created_at", "last_used_at", "revoked_at"]
        read_only_fields = fields


class MadePresenterKeySerializer(PresenterKeySerializer):
    """A key just made."""

    key = serializers.CharField(help_text="The stream key; it is never told again.")

    class Meta(PresenterKeySerializer.Meta):
        fields: ClassVar[list[str]] = [*PresenterKeySerializer.Meta.fields, "key"]


class NewPresenterKeySerializer(serializers.Serializer[Any]):
    """Whose key to make."""

    name = serializers.CharField(max_length=120, help_text="Shown on the console while they are on air.")


@extend_schema_view(
    list=extend_schema(summary="A station's presenters"),
    create=extend_schema(
        summary="Make a presenter's key, told this once",
        request=NewPresenterKeySerializer,
        responses={201: MadePresenterKeySerializer},
    ),
    destroy=extend_schema(summary="Revoke a key and end its takeover", responses={204: None}),
)
class PresenterKeyViewSet(BelowStation, ListModelMixin, GenericViewSet[PresenterKey]):
    """Who may take a station over."""

    queryset = PresenterKey.objects.none()
    serializer_class = PresenterKeySerializer
    pagination_class = ByName
    needs: ClassVar = {
        "list": "streaming.view_presenterkey",
        "create": "streaming.add_presenterkey",
        "destroy": "streaming.change_presenterkey",
    }

    def get_queryset(self) -> QuerySet[PresenterKey]:
        """Return the station's keys only."""
        return self.allowed(PresenterKey.objects.filter(station=self.station))

    def create(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Make a key."""
        wanted = NewPresenterKeySerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        made_by = request.user if request.user.is_authenticated else None
        row, key = create_presenter_key(station=self.station, created_by=made_by, **wanted.validated_data)
        told = {**PresenterKeySerializer(row).data, "key": key}
        return Response(told, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    def destroy(self, request: Request, slug: str, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Take a key back."""
        revoke_presenter_key(key=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
