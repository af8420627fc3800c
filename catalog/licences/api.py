"""Licences in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from catalog.licences import sending, services
from catalog.licences.models import Licence
from catalog.licences.proof import MOST_BYTES, keep_proof
from catalog.music.models import Track
from catalog.visuals.models import Loop
from config.lib.json_body import JSONBody
from config.lib.pages import ByName

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import FileResponse, StreamingHttpResponse
    from rest_framework.request import Request


class LicenceSerializer(serializers.ModelSerializer[Licence]):
    """A licence, and what holds now."""

    state = serializers.SerializerMethodField()
    has_proof_file = serializers.SerializerMethodField()

    class Meta:
        model = Licence
        fields: ClassVar[list[str]] = [
            "id",
            "name",
            "owner",
            "kind",
            "proof_url",
            "has_proof_file",
            "valid_from",
            "valid_until",
            "consent",
            "note",
            "state",
            "created_at",
            "updated_at",
        ]
        read_only_fields: ClassVar[list[str]] = ["id", "created_at", "updated_at"]
        # The service says it in a sentence of its own.
        extra_kwargs: ClassVar[dict[str, Any]] = {"name": {"validators": []}}

    def get_state(self, licence: Licence) -> str:
        """Return ``in_force``, ``not_begun``, ``over`` or ``withdrawn``."""
        return licence.state_at().value

    def get_has_proof_file(self, licence: Licence) -> bool:
        """Tell whether there is a proof to fetch."""
        return bool(licence.proof_file)


class LicenceProofSerializer(serializers.Serializer[Any]):
    """A proof to keep."""

    proof = serializers.FileField(help_text=f"PDF, PNG or JPEG of at most {MOST_BYTES // 1024 // 1024} MB.")


class UnderSerializer(serializers.Serializer[Any]):
    """The licence that something is under."""

    licence = serializers.PrimaryKeyRelatedField(queryset=Licence.objects.all(), allow_null=True)


@extend_schema_view(
    list=extend_schema(summary="Licences, by name"),
    retrieve=extend_schema(summary="One licence"),
    create=extend_schema(summary="Write a licence down", responses={201: LicenceSerializer}),
    partial_update=extend_schema(
        summary="Change a licence",
        description="Stations follow within a minute: what may not be aired any more gives way.",
    ),
    destroy=extend_schema(
        summary="Forget a licence",
        description="409 while loops or tracks are under it: without it they would be aired for ever.",
        responses={204: None},
    ),
)
class LicenceViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Licence]):
    """Licences."""

    queryset = Licence.objects.all()
    serializer_class = LicenceSerializer
    pagination_class = ByName
    needs: ClassVar = {
        "list": "catalog.view_licence",
        "retrieve": "catalog.view_licence",
        "create": "catalog.add_licence",
        "partial_update": "catalog.change_licence",
        "destroy": "catalog.delete_licence",
    }

    def create(self, request: Request) -> Response:
        """Write one down."""
        given = LicenceSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        licence = services.save_licence(licence=Licence(created_by=_person(request), **given.validated_data))
        return Response(LicenceSerializer(licence).data, status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - a view's signature
        """Change what was sent."""
        licence = self.get_object()
        given = LicenceSerializer(licence, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        for name, value in given.validated_data.items():
            setattr(licence, name, value)
        return Response(LicenceSerializer(services.save_licence(licence=licence)).data)

    def destroy(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - the same
        """Forget one that nothing is under."""
        services.remove_licence(licence=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class LicenceProofView(APIView):
    """A licence's proof as a file."""

    needs: ClassVar = {"get": "catalog.view_licence", "put": "catalog.change_licence"}
    parser_classes = (MultiPartParser, JSONBody)

    @extend_schema(
        summary="A licence's proof, as a download",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: UUID) -> FileResponse:  # noqa: ARG002 - the same
        """Send it."""
        return sending.send_proof(get_object_or_404(Licence, pk=pk))

    @extend_schema(
        summary="Keep a proof, in place of the one before",
        request={"multipart/form-data": LicenceProofSerializer},
        responses={200: LicenceSerializer},
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Keep it."""
        licence = get_object_or_404(Licence, pk=pk)
        given = LicenceProofSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(LicenceSerializer(keep_proof(licence=licence, upload=given.validated_data["proof"])).data)


class LicenceOverviewView(APIView):
    """Every loop and track with its licence."""

    needs: ClassVar = {"get": "catalog.view_licence"}

    @extend_schema(
        summary="Every loop and track with its licence, as CSV or JSON lines",
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/x-ndjson"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, form: str) -> StreamingHttpResponse:
        """Send it while it is read."""
        return sending.send_overview(request._request, form)  # noqa: SLF001 - tells which server asks


class _UnderView(APIView):
    """Puts one thing under a licence."""

    parser_classes = (JSONBody,)
    model: ClassVar[type[Loop | Track]]

    def _put(self, request: Request, pk: UUID) -> Response:
        item = get_object_or_404(self.model, pk=pk)
        if not request.user.has_perm(f"catalog.change_{self.model.__name__.lower()}", item):
            raise PermissionDenied
        given = UnderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        licence = given.validated_data["licence"]
        under = {"loops": [item]} if isinstance(item, Loop) else {"tracks": [item]}
        services.put_under(licence=licence, **under)
        return Response({"licence": licence.pk if licence else None})


class LoopLicenceView(_UnderView):
    """The licence a loop is under."""

    model = Loop
    needs: ClassVar = {"put": "catalog.change_loop"}

    @extend_schema(summary="Put a loop under a licence, or none", request=UnderSerializer, responses=UnderSerializer)
    def put(self, request: Request, pk: UUID) -> Response:
        """Put it there; what Longwave draws itself stays free."""
        return self._put(request, pk)


class TrackLicenceView(_UnderView):
    """The licence a track is under."""

    model = Track
    needs: ClassVar = {"put": "catalog.change_track"}

    @extend_schema(summary="Put a track under a licence, or none", request=UnderSerializer, responses=UnderSerializer)
    def put(self, request: Request, pk: UUID) -> Response:
        """Put it there."""
        return self._put(request, pk)


def _person(request: Request) -> Any:
    return request.user if request.user.is_authenticated else None
