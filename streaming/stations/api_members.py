"""Who does what at a station, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.people.models import User
from config.lib.pages import NewestFirst
from streaming.stations.api_access import BelowStation
from streaming.stations.members import StationMember
from streaming.stations.membership import give_role, person_with, take_role

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class ByAdding(NewestFirst):
    """Newest first."""

    ordering = ("-added_at", "-id")


class MemberSerializer(serializers.ModelSerializer[StationMember]):
    """A person's role at the station."""

    person = serializers.UUIDField(source="person_id", read_only=True)
    email = serializers.EmailField(source="person.email", read_only=True)
    name = serializers.CharField(source="person.get_full_name", read_only=True)
    role = serializers.ChoiceField(choices=StationMember.Role.choices, read_only=True)

    class Meta:
        model = StationMember
        fields: ClassVar[list[str]] = ["id", "person", "email", "name", "role", "added_at"]
        read_only_fields = fields


class NewMemberSerializer(serializers.Serializer[Any]):
    """Who is to do what."""

    email = serializers.EmailField(help_text="Of somebody who has an account.")
    role = serializers.ChoiceField(choices=StationMember.Role.choices)


@extend_schema_view(
    list=extend_schema(summary="Who does what at a station, newest first"),
    create=extend_schema(
        summary="Give somebody a role at a station",
        description="What each role may do stands on the console's page “Who may do what”. Giving a role that the "
        "person has changes nothing.",
        request=NewMemberSerializer,
        responses={201: MemberSerializer},
    ),
    destroy=extend_schema(summary="Take a role back", responses={204: None}),
)
class MemberViewSet(BelowStation, ListModelMixin, GenericViewSet[StationMember]):
    """Roles at a station."""

    queryset = StationMember.objects.none()
    serializer_class = MemberSerializer
    pagination_class = ByAdding
    needs: ClassVar = {
        "list": "streaming.view_stationmember",
        "create": "streaming.add_stationmember",
        "destroy": "streaming.delete_stationmember",
    }

    def get_queryset(self) -> QuerySet[StationMember]:
        """Return the station's members only."""
        return StationMember.objects.filter(station=self.station).select_related("person", "station")

    def create(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - a view's signature
        """Give a role."""
        wanted = NewMemberSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        person = person_with(wanted.validated_data["email"])
        member = give_role(
            station=self.station,
            person=person,
            role=wanted.validated_data["role"],
            by=_who(request),
            request=request._request,  # noqa: SLF001 - REST framework's name for Django's request
        )
        return Response(MemberSerializer(member).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, slug: str, pk: int) -> Response:  # noqa: ARG002 - a view's signature
        """Take a role back."""
        take_role(
            member=self.get_object(),
            by=_who(request),
            request=request._request,  # noqa: SLF001 - the same
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _who(request: Request) -> User | None:
    return request.user if isinstance(request.user, User) else None
