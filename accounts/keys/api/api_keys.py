"""A person's API keys. The text of one is told once, in the answer that makes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.keys import api_keys, places
from accounts.keys.models import ApiKey
from accounts.keys.permissions import PersonThemselves
from config.lib.pages import NewestFirst

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

OVERLAP_HOURS = int(settings.KEY_OVERLAP / timedelta(hours=1))


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key without its text."""

    stations = serializers.SerializerMethodField(help_text="Short names; empty: all of yours.")
    replaced_by = serializers.UUIDField(source="replaced_by_id", read_only=True, allow_null=True)

    class Meta:
        model = ApiKey
        fields: ClassVar[list[str]] = [
            "id",
            "name",
            "prefix",
            "actions",
            "stations",
            "created_at",
            "expires_at",
            "used_at",
            "revoked_at",
            "replaced_by",
        ]
        read_only_fields = fields

    def get_stations(self, key: ApiKey) -> list[str]:
        """Return the short name, or the id of a station that the person does not work at any more."""
        known = self.context.get("slugs", {})
        return [known.get(station, str(station)) for station in key.stations]


class MadeApiKeySerializer(ApiKeySerializer):
    """A key just made."""

    key = serializers.CharField(help_text="Send it as `Authorization: Token …`; it is never told again.")

    class Meta(ApiKeySerializer.Meta):
        fields: ClassVar[list[str]] = [*ApiKeySerializer.Meta.fields, "key"]


class NewApiKeySerializer(serializers.Serializer[Any]):
    """Which key to make."""

    name = serializers.CharField(max_length=100, help_text="What uses it: the machine or the script.")
    actions = serializers.ListField(
        child=serializers.CharField(max_length=100),
        max_length=50,
        help_text="`read`, `write`, or permissions such as `streaming.change_station`.",
    )
    stations = serializers.ListField(
        child=serializers.CharField(max_length=64),
        max_length=500,
        required=False,
        help_text="Short names of your stations; left out: all of yours, those to come too.",
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Null: never.")


class RotationSerializer(serializers.Serializer[Any]):
    """How to replace a key."""

    overlap_hours = serializers.IntegerField(
        default=OVERLAP_HOURS, min_value=0, max_value=720, help_text="So long the old key goes on working."
    )


@extend_schema_view(list=extend_schema(summary="Your API keys"), retrieve=extend_schema(summary="One of your API keys"))
class ApiKeyViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[ApiKey]):
    """The caller's keys; a key sees and makes none."""

    queryset = ApiKey.objects.none()
    serializer_class = ApiKeySerializer
    permission_classes = (PersonThemselves,)
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[ApiKey]:
        """Return the caller's own."""
        if not self.request.user.is_authenticated:
            return ApiKey.objects.none()
        return ApiKey.objects.filter(person=self.request.user)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Look the stations of all listed keys up at once."""
        rows = args[0] if kwargs.get("many") else args[:1]
        ids = {station for row in rows for station in row.stations}
        slugs = places.slugs_of(self.request.user, ids) if ids else {}  # type: ignore[arg-type]  # signed in
        kwargs["context"] = {**self.get_serializer_context(), "slugs": slugs}
        return self.get_serializer_class()(*args, **kwargs)

    @extend_schema(
        summary="Make an API key, told this once", request=NewApiKeySerializer, responses={201: MadeApiKeySerializer}
    )
    def create(self, request: Request) -> Response:
        """Make a key."""
        asked = NewApiKeySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = dict(asked.validated_data)
        stations = places.ids_of(request.user, wanted.pop("stations", ()))  # type: ignore[arg-type]  # the same
        key, text = api_keys.make_key(person=request.user, stations=stations, request=request, **wanted)  # type: ignore[arg-type]  # the same
        return self._made(key, text)

    @extend_schema(
        summary="Replace an API key while the old one goes on for a while",
        request=RotationSerializer,
        responses={201: MadeApiKeySerializer},
    )
    def rotate(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Make the next key."""
        asked = RotationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        overlap = timedelta(hours=asked.validated_data["overlap_hours"])
        key, text = api_keys.rotate_key(key=self.get_object(), overlap=overlap, request=request)
        return self._made(key, text)

    @extend_schema(summary="Revoke an API key", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - a view's signature
        """Have it refused from now on."""
        api_keys.revoke_key(key=self.get_object(), request=request)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _made(self, key: ApiKey, text: str) -> Response:
        told = {**self.get_serializer(key).data, "key": text}
        return Response(told, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})
