"""What the platforms say, in the API: to be read only. No token and no stream key is ever in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from config.lib.pages import NewestFirst
from streaming.platforms import told
from streaming.platforms.issues import in_words
from streaming.platforms.models import Broadcast, PlatformAccount, PlatformPlan
from streaming.platforms.queries import plans_shown
from streaming.stations.api_access import BelowStation, NarrowsToStations

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ByConnection(NewestFirst):
    """Accounts, the newest connection first."""

    ordering = ("-connected_at", "id")


class IssueSerializer(serializers.Serializer[dict[str, str]]):
    """Something the platform finds wrong."""

    type = serializers.CharField(help_text="YouTube's word for it.")
    severity = serializers.CharField(help_text="error, warning or info.")
    sentence = serializers.CharField(help_text="What it means, and what to do.")


class BroadcastSerializer(serializers.ModelSerializer[Broadcast]):
    """A video at YouTube that is not over."""

    url = serializers.CharField(help_text="Where it is watched; empty before it is made.")

    class Meta:
        model = Broadcast
        fields: ClassVar[list[str]] = ["video_id", "url", "chat_id", "title", "privacy", "state", "live_at"]
        read_only_fields = fields


class PlatformPlanSerializer(serializers.ModelSerializer[PlatformPlan]):
    """What a platform says of a station's stream, beside what is wanted there."""

    platform = serializers.CharField(source="account.platform")
    channel = serializers.CharField(source="account.name")
    word = serializers.SerializerMethodField(help_text="How it is there, in a word.")
    sentence = serializers.SerializerMethodField(help_text="What that means, and what to do.")
    issues = serializers.SerializerMethodField()
    broadcasts = BroadcastSerializer(source="open_ones", many=True, help_text="Those that are not over.")

    class Meta:
        model = PlatformPlan
        fields: ClassVar[list[str]] = [
            "id",
            "platform",
            "channel",
            "destination",
            "word",
            "sentence",
            "is_live_there",
            "there_since",
            "stream_status",
            "health",
            "issues",
            "checked_at",
            "viewers",
            "viewers_at",
            "title",
            "rollover_minutes",
            "problem",
            "broadcasts",
        ]
        read_only_fields = fields

    def get_word(self, plan: PlatformPlan) -> str:
        """Return the state's word."""
        return told.plan_state(plan).word

    def get_sentence(self, plan: PlatformPlan) -> str:
        """Return the state's sentence."""
        return told.plan_state(plan).sentence

    @extend_schema_field(IssueSerializer(many=True))
    def get_issues(self, plan: PlatformPlan) -> list[dict[str, str]]:
        """Return the issues in our words, the worst first."""
        found = in_words(plan.issues)
        return [{"type": issue.type, "severity": issue.severity, "sentence": issue.sentence} for issue in found]


class PlatformAccountSerializer(serializers.ModelSerializer[PlatformAccount]):
    """A connected channel."""

    class Meta:
        model = PlatformAccount
        fields: ClassVar[list[str]] = [
            "id",
            "platform",
            "name",
            "login",
            "state",
            "problem",
            "waits_until",
            "connected_at",
        ]
        read_only_fields = fields


@extend_schema_view(list=extend_schema(summary="How the platforms see a station"))
class PlatformPlanViewSet(BelowStation, ListModelMixin, GenericViewSet[PlatformPlan]):
    """What the platforms say of a station."""

    queryset = PlatformPlan.objects.none()
    serializer_class = PlatformPlanSerializer
    needs: ClassVar = {"list": "streaming.view_platformplan"}

    def get_queryset(self) -> QuerySet[PlatformPlan]:
        """Return the station's plans only."""
        return plans_shown().filter(station=self.station)


@extend_schema_view(list=extend_schema(summary="Connected channels"))
class PlatformAccountViewSet(NarrowsToStations, ListModelMixin, GenericViewSet[PlatformAccount]):
    """Channels that Longwave may act for."""

    queryset = PlatformAccount.objects.all()
    serializer_class = PlatformAccountSerializer
    pagination_class = ByConnection
    needs: ClassVar = {"list": "streaming.view_platformaccount"}

    def get_queryset(self) -> QuerySet[PlatformAccount]:
        """Return those that are used where the caller may see them."""
        return self.allowed(super().get_queryset())
