"""A person's own account in the API: what it says, its picture, all that is held of it, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.keys.permissions import PersonThemselves
from accounts.people import avatars, deletion, exports, services
from accounts.people.models import Profile, User
from accounts.people.pictures import send_avatar
from accounts.people.roles import role_of
from config.lib.uploads import CappedUpload

if TYPE_CHECKING:
    from rest_framework.request import Request

# What a multipart body may have beside the file.
BODY_OVERHEAD_BYTES = 64 * 1024


class MeSerializer(serializers.Serializer[Any]):
    """A person as they see themselves."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(read_only=True)
    phone = serializers.CharField(read_only=True, allow_null=True, help_text="E.164; set by confirming a code.")
    first_name = serializers.CharField(read_only=True)
    last_name = serializers.CharField(read_only=True)
    address = serializers.CharField(read_only=True)
    bio = serializers.CharField(read_only=True)
    avatar = serializers.BooleanField(read_only=True, help_text="Whether there is a picture at `/me/avatar/`.")
    role = serializers.ChoiceField(choices=["admin", "manager", "user"], read_only=True)
    joined_at = serializers.DateTimeField(read_only=True)


class ProfileChangeSerializer(serializers.Serializer[Any]):
    """What people change themselves."""

    first_name = serializers.CharField(required=False, allow_blank=True, max_length=150)
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=150)
    address = serializers.CharField(required=False, allow_blank=True, max_length=500)
    bio = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class PasswordSerializer(serializers.Serializer[Any]):
    """Shows that it is the person who asks."""

    password = serializers.CharField(write_only=True, trim_whitespace=False, max_length=1024)


class AvatarSerializer(serializers.Serializer[Any]):
    """A picture of a person."""

    file = serializers.FileField(allow_empty_file=True, help_text="JPEG, PNG or WebP, at most 10 MiB.")


class WithBodyOnDelete(AutoSchema):
    """Describes the body of a DELETE as that of any other change."""

    def _get_request_body(self, direction: str = "request") -> Any:
        method, self.method = self.method, "POST" if self.method == "DELETE" else self.method
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # spectacular's own
        finally:
            self.method = method


@extend_schema_view(
    retrieve=extend_schema(summary="Your account", responses=MeSerializer),
    partial_update=extend_schema(
        summary="Change what you tell about yourself",
        description="Address, password, phone and second factor have doors of their own.",
        request=ProfileChangeSerializer,
        responses=MeSerializer,
    ),
    destroy=extend_schema(
        summary="Delete your account for good",
        description="Needs the password. Keys, tokens and sessions end with it; loops and tracks stay without a name. "
        "403: the password is not right. 409: you are the last administrator.",
        request=PasswordSerializer,
        responses={204: None},
    ),
)
class MeViewSet(GenericViewSet[User]):
    """The person who asks."""

    schema = WithBodyOnDelete()
    serializer_class = MeSerializer
    permission_classes = (PersonThemselves,)
    pagination_class = None
    filter_backends = ()

    def retrieve(self, request: Request) -> Response:
        """Answer the account."""
        return Response(_told(_person(request)))

    def partial_update(self, request: Request) -> Response:
        """Change the profile."""
        change = ProfileChangeSerializer(data=request.data, partial=True)
        change.is_valid(raise_exception=True)
        person = _person(request)
        services.change_profile(person=person, **change.validated_data)
        return Response(_told(person))

    def destroy(self, request: Request) -> Response:
        """Delete the account."""
        proof = PasswordSerializer(data=request.data)
        proof.is_valid(raise_exception=True)
        person = _person(request)
        deletion.check_password(person=person, password=proof.validated_data["password"], request=request)
        deletion.delete_person(person=person, by=person, request=request)
        request.session.flush()
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(
    retrieve=extend_schema(
        summary="Your picture", responses={(200, "image/webp"): OpenApiTypes.BINARY, 404: OpenApiResponse()}
    ),
    update=extend_schema(
        summary="Send a picture of yourself",
        description="It is kept as a small square of our own; nothing else of the file stays.",
        request={"multipart/form-data": AvatarSerializer},
        responses=MeSerializer,
    ),
    destroy=extend_schema(summary="Remove your picture", responses={204: None}),
)
class AvatarViewSet(GenericViewSet[User]):
    """The picture of the person who asks."""

    serializer_class = AvatarSerializer
    permission_classes = (PersonThemselves,)
    pagination_class = None
    filter_backends = ()

    def retrieve(self, request: Request) -> HttpResponse:
        """Send the picture."""
        return send_avatar(_person(request))

    def update(self, request: Request) -> Response:
        """Keep a picture in place of the one before."""
        sent = AvatarSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        person = _person(request)
        avatars.set_avatar(person=person, file=sent.validated_data["file"], request=request)
        return Response(_told(person))

    def destroy(self, request: Request) -> Response:
        """Forget the picture."""
        avatars.remove_avatar(person=_person(request), request=request)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def get_parsers(self) -> list[Any]:
        """A picture comes as multipart."""
        return [MultiPartParser()]

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Choose where the upload goes, before anything reads the body."""
        request.upload_handlers = [CappedUpload(request, most=avatars.MOST_BYTES, too_large=avatars.too_large)]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body that says it is too large, after asking who sends it, before reading it."""
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > avatars.MOST_BYTES + BODY_OVERHEAD_BYTES:
            raise avatars.too_large()


@extend_schema_view(
    retrieve=extend_schema(
        summary="Everything that is held of you",
        description="One JSON document. Secrets are in none: nobody can read them back.",
        responses={200: OpenApiTypes.OBJECT},
    ),
)
class ExportViewSet(GenericViewSet[User]):
    """All that is held of the person who asks."""

    serializer_class = MeSerializer
    permission_classes = (PersonThemselves,)
    pagination_class = None
    filter_backends = ()

    def retrieve(self, request: Request) -> HttpResponse:
        """Send the document."""
        return exports.answer(person=_person(request), request=request)


def _person(request: Request) -> User:
    return cast("User", request.user)


def _told(person: User) -> dict[str, Any]:
    profile = Profile.objects.filter(person=person).first() or Profile(person=person)
    shown = {name: getattr(person, name) for name in ("id", "email", "phone", "first_name", "last_name")}
    about = {"address": profile.address, "bio": profile.bio, "avatar": bool(profile.avatar)}
    found = {**shown, **about, "role": role_of(person).value, "joined_at": person.date_joined}
    return dict(MeSerializer(found).data)
