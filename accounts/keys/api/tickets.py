"""Tickets of websockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.keys import tickets
from accounts.keys.permissions import SignedIn
from accounts.keys.standing import standing_of

if TYPE_CHECKING:
    from rest_framework.request import Request


class WantedTicketSerializer(serializers.Serializer[Any]):
    """What the socket is for."""

    topic = serializers.CharField(max_length=100, help_text="`destinations:` and the station's short name.")


class TicketSerializer(serializers.Serializer[Any]):
    """A ticket."""

    ticket = serializers.CharField(
        help_text='Send it as the first message `{"ticket": "…"}`, or as the subprotocol `ticket.…` beside `longwave`.'
    )
    expires_in = serializers.IntegerField(help_text="Seconds; it is good for one use.")


class TicketViewSet(ViewSet):
    """Tickets; a key gets them too, as far as its scopes go."""

    permission_classes = (SignedIn,)

    @extend_schema(
        summary="Ask for a websocket's ticket", request=WantedTicketSerializer, responses={201: TicketSerializer}
    )
    def create(self, request: Request) -> Response:
        """Make a ticket for one topic."""
        asked = WantedTicketSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        ticket = tickets.give(standing=standing_of(request, request.auth), topic=asked.validated_data["topic"])
        told = TicketSerializer({"ticket": ticket, "expires_in": settings.TICKET_SECONDS}).data
        return Response(told, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})
