"""Loops in the API: send one, watch it being compiled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.media import quota
from catalog.media.errors import MediaTooLargeError
from catalog.visuals.models import EncodingProfile, Loop, Rendition
from catalog.visuals.profiles import USUAL
from catalog.visuals.queries import with_plain_renditions
from catalog.visuals.services import request_rendition, take_in

if TYPE_CHECKING:
    from rest_framework.request import Request

# What a multipart body may have beside the file: its other fields and its boundaries.
BODY_OVERHEAD_BYTES = 64 * 1024
TAG_LIMIT, TAGS_LIMIT = 64, 32


class RenditionSerializer(serializers.ModelSerializer[Rendition]):
    """A loop being compiled, or compiled, for one profile."""

    class Meta:
        model = Rendition
        fields: ClassVar[list[str]] = ["id", "profile", "status", "progress", "reason", "frames", "size", "ready_at"]
        read_only_fields = fields


class LoopSerializer(serializers.ModelSerializer[Loop]):
    """A loop and how far its renditions are."""

    renditions = RenditionSerializer(many=True, read_only=True)
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Loop
        fields: ClassVar[list[str]] = [
            "id",
            "name",
            "tags",
            "status",
            "reason",
            "original_name",
            "size",
            "container",
            "codec",
            "width",
            "height",
            "frame_rate",
            "duration_ms",
            "created_at",
            "renditions",
        ]
        read_only_fields = fields


class NewLoopSerializer(serializers.Serializer[Any]):
    """A video to take in."""

    file = serializers.FileField(allow_empty_file=True, help_text="MP4, MOV, WebM or MKV with H.264, HEVC, VP9 or AV1.")
    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=TAG_LIMIT),
        required=False,
        max_length=TAGS_LIMIT,
    )
    profile = serializers.SlugRelatedField(
        slug_field="name",
        queryset=EncodingProfile.objects.all(),
        required=False,
        help_text="Compile it for this profile; 720p30 unless given.",
    )


class UploadToDisk(TemporaryFileUploadHandler):
    """Spools an upload to disk and stops at the limit, whatever length the request promised."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a chunk.

        Raises:
            MediaTooLargeError: the file passes ``LOOP_MAX_BYTES``.

        """
        if start + len(raw_data) > settings.LOOP_MAX_BYTES:
            raise _too_large()
        super().receive_data_chunk(raw_data, start)


@extend_schema_view(
    list=extend_schema(summary="Loops, newest first"),
    create=extend_schema(
        summary="Send a video",
        description="201 when its rendition is ready already, 202 while it is being compiled: follow `Location`. "
        "422 names `file` when it is no video that can be shown; 413 when it is too large; 507 when the disk is full.",
        request={"multipart/form-data": NewLoopSerializer},
        responses={201: LoopSerializer, 202: LoopSerializer},
    ),
    retrieve=extend_schema(summary="One loop, and how far its renditions are"),
)
class LoopViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Loop]):
    """Loops."""

    queryset = Loop.objects.prefetch_related(with_plain_renditions())
    serializer_class = LoopSerializer
    needs: ClassVar = {"list": "catalog.view_loop", "retrieve": "catalog.view_loop", "create": "catalog.add_loop"}

    def create(self, request: Request) -> Response:
        """Take a video in and have it compiled."""
        wanted = NewLoopSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        loop = _take_in(wanted.validated_data, request)
        profile = wanted.validated_data.get("profile") or EncodingProfile.objects.get(name=USUAL)
        rendition = request_rendition(loop=loop, profile=profile)
        is_ready = rendition.status == Rendition.Status.READY
        return Response(
            LoopSerializer(self.get_queryset().get(pk=loop.pk)).data,
            status=status.HTTP_201_CREATED if is_ready else status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("loop-detail", args=[loop.pk])},
        )

    def get_parsers(self) -> list[Any]:
        """A loop comes as multipart."""
        return [MultiPartParser()]

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Choose where uploads go, before anything reads the body."""
        request.upload_handlers = [UploadToDisk(request)]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body that says it is too large, after asking who sends it, before reading it."""
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.LOOP_MAX_BYTES + BODY_OVERHEAD_BYTES:
            raise _too_large()
        if request.method == "POST" and length.isdigit() and request.user.is_authenticated:
            quota.check(request.user, max(0, int(length) - BODY_OVERHEAD_BYTES))


def _take_in(wanted: dict[str, Any], request: Request) -> Loop:
    file = wanted["file"]
    return take_in(
        path=Path(file.temporary_file_path()),
        original_name=file.name,
        name=wanted.get("name", ""),
        tags=wanted.get("tags", ()),
        uploaded_by=request.user if request.user.is_authenticated else None,
    )


def _too_large() -> MediaTooLargeError:
    most = settings.LOOP_MAX_BYTES // 1024 // 1024
    return MediaTooLargeError(
        f"The video is larger than {most} MB: make it shorter or smaller, or raise LOOP_MAX_MB.",
        field="file",
    )
