"""A person's sign-ins with tokens: seen and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.keys import families
from accounts.keys.claims import Claims
from accounts.keys.models import TokenFamily
from accounts.keys.permissions import PersonThemselves
from config.lib.pages import NewestFirst

if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet
    from rest_framework.request import Request


class TokenFamilySerializer(serializers.ModelSerializer[TokenFamily]):
    """One sign-in."""

    current = serializers.SerializerMethodField(help_text="This call came with its token.")

    class Meta:
        model = TokenFamily
        fields: ClassVar[list[str]] = ["id", "agent", "ip", "created_at", "used_at", "expires_at", "current"]
        read_only_fields = fields

    def get_current(self, family: TokenFamily) -> bool:
        """Tell whether it is the caller's own."""
        auth = self.context["request"].auth
        return isinstance(auth, Claims) and auth.family_id == family.pk


@extend_schema_view(list=extend_schema(summary="Your sign-ins with tokens"))
class TokenFamilyViewSet(ListModelMixin, GenericViewSet[TokenFamily]):
    """Where the caller is signed in with tokens."""

    queryset = TokenFamily.objects.none()
    serializer_class = TokenFamilySerializer
    permission_classes = (PersonThemselves,)
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[TokenFamily]:
        """Return the caller's own that go on."""
        if not self.request.user.is_authenticated:
            return TokenFamily.objects.none()
        return TokenFamily.objects.filter(person=self.request.user, ended_at=None, expires_at__gt=timezone.now())

    @extend_schema(summary="End one sign-in", responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """End it; its access token is refused from now on."""
        families.end_one(person=request.user, family_id=pk, request=request)  # type: ignore[arg-type]  # signed in
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="auth_token_families_destroy_all",
        summary="End all your sign-ins with tokens",
        responses={204: None},
    )
    def destroy_all(self, request: Request) -> Response:
        """End them, this one too."""
        families.end_all(person=request.user, because="ended by the person", request=request)  # type: ignore[arg-type]  # the same
        return Response(status=status.HTTP_204_NO_CONTENT)
