"""The API of accounts: register, confirm, reset, change, sessions, second factor. Tokens are the keys' room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.signin import queries, services, sessions

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

    from accounts.people.models import User

TAGS = ["account"]
LOOK = "Look into your mail: what to do next is there."


class SaidSerializer(serializers.Serializer[None]):
    """A sentence."""

    detail = serializers.CharField(read_only=True)


class RegisterSerializer(serializers.Serializer[None]):
    """A new account."""

    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)


class KeySerializer(serializers.Serializer[None]):
    """The last part of a link that confirms an address."""

    key = serializers.CharField(max_length=200)


class ConfirmedSerializer(serializers.Serializer[None]):
    """The address that is confirmed now."""

    email = serializers.EmailField(read_only=True)


class AddressSerializer(serializers.Serializer[None]):
    """An address."""

    email = serializers.EmailField(max_length=254)


class ResetSerializer(serializers.Serializer[None]):
    """The part ``<id>-<token>`` of a link for a new password, and the password."""

    key = serializers.CharField(max_length=200)
    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)


class ChangePasswordSerializer(serializers.Serializer[None]):
    """The password one has, and the one one wants."""

    current_password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)
    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)


class NewAddressSerializer(serializers.Serializer[None]):
    """A new address, and the password."""

    email = serializers.EmailField(max_length=254)
    current_password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)


class OwnAddressSerializer(serializers.Serializer[queries.OwnAddress]):
    """The address one signs in with, and the one that waits for its link to be followed."""

    email = serializers.EmailField(read_only=True)
    confirmed = serializers.BooleanField(read_only=True)
    waiting = serializers.EmailField(read_only=True, allow_blank=True)


class SessionSerializer(serializers.Serializer[Any]):
    """One browser that is signed in."""

    id = serializers.CharField(read_only=True)
    device = serializers.CharField(read_only=True)
    ip = serializers.CharField(read_only=True, help_text="Where it was first used; empty if not known.")
    began_at = serializers.DateTimeField(read_only=True)
    seen_at = serializers.DateTimeField(read_only=True)
    current = serializers.BooleanField(read_only=True)


class SecondFactorSerializer(serializers.Serializer[queries.SecondFactor]):
    """Whether a second factor is set up, needed, and given in this session."""

    on = serializers.BooleanField(read_only=True)
    needed = serializers.BooleanField(read_only=True)
    given = serializers.BooleanField(read_only=True)
    app = serializers.BooleanField(read_only=True)
    passkeys = serializers.IntegerField(read_only=True)
    recovery_codes_left = serializers.IntegerField(read_only=True)


class _Open(APIView):
    """Anybody may ask."""

    permission_classes = (AllowAny,)


class _Own(APIView):
    """About the person who asks."""

    permission_classes = (IsAuthenticated,)


class RegisterView(_Open):
    """Making an account."""

    @extend_schema(
        operation_id="auth_register",
        summary="Register; the address has to be confirmed",
        tags=TAGS,
        request=RegisterSerializer,
        responses={202: SaidSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make an account. The answer is the same whether the address has one already."""
        data = _data(RegisterSerializer, request)
        services.register(email=data["email"], password=data["password"], request=_plain(request))
        return Response({"detail": LOOK}, status=status.HTTP_202_ACCEPTED)


class ConfirmView(_Open):
    """Confirming an address."""

    @extend_schema(
        operation_id="auth_confirm",
        summary="Confirm an address with the key of the mail",
        tags=TAGS,
        request=KeySerializer,
        responses=ConfirmedSerializer,
    )
    def post(self, request: Request) -> Response:
        """Confirm an address with the key from its mail."""
        key = _data(KeySerializer, request)["key"]
        return Response({"email": services.confirm(key=key, request=_plain(request))})


class AskForResetView(_Open):
    """A password that is forgotten."""

    @extend_schema(
        operation_id="auth_password_reset",
        summary="Ask for a mail to set a new password",
        tags=TAGS,
        request=AddressSerializer,
        responses={202: SaidSerializer},
    )
    def post(self, request: Request) -> Response:
        """Send a link for a new password. The answer is the same whether the address has an account."""
        services.ask_for_reset(email=_data(AddressSerializer, request)["email"], request=_plain(request))
        return Response({"detail": LOOK}, status=status.HTTP_202_ACCEPTED)


class ResetView(_Open):
    """A new password by a link."""

    @extend_schema(
        operation_id="auth_password_reset_confirm",
        summary="Set a new password with the key of the mail",
        tags=TAGS,
        request=ResetSerializer,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        """Set a new password with the key from the mail. Every session and token ends."""
        data = _data(ResetSerializer, request)
        services.reset(key=data["key"], password=data["password"], request=_plain(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordView(_Own):
    """One's own password."""

    @extend_schema(
        operation_id="auth_password",
        summary="Change one's password; other sessions end",
        tags=TAGS,
        request=ChangePasswordSerializer,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        """Change the password. Every session and token ends, except the session that asks."""
        data = _data(ChangePasswordSerializer, request)
        services.change_password(
            person=_person(request),
            current=data["current_password"],
            password=data["password"],
            request=_plain(request),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class AddressView(_Own):
    """One's own address."""

    @extend_schema(operation_id="auth_email", summary="One's address", tags=TAGS, responses=OwnAddressSerializer)
    def get(self, request: Request) -> Response:
        """Tell the address one signs in with."""
        return Response(OwnAddressSerializer(queries.own_address(_person(request))).data)

    @extend_schema(
        operation_id="auth_email_change",
        summary="Ask for another address; it has to be confirmed",
        tags=TAGS,
        request=NewAddressSerializer,
        responses={202: SaidSerializer},
    )
    def post(self, request: Request) -> Response:
        """Send a link to a new address; it takes the old one's place when its key is confirmed."""
        data = _data(NewAddressSerializer, request)
        services.change_address(
            person=_person(request),
            email=data["email"],
            current=data["current_password"],
            request=_plain(request),
        )
        return Response({"detail": LOOK}, status=status.HTTP_202_ACCEPTED)


class SessionsView(_Own):
    """Where one is signed in."""

    @extend_schema(
        operation_id="auth_sessions",
        summary="One's sessions",
        tags=TAGS,
        responses=SessionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the browsers in which one is signed in, at most a few; the one used last comes first."""
        listed = sessions.going_on(_person(request), _plain(request).session)
        return Response(SessionSerializer(listed, many=True).data)

    @extend_schema(
        operation_id="auth_sessions_end",
        summary="End all other sessions",
        tags=TAGS,
        request=None,
        responses={200: inline_serializer("EndedSessions", {"ended": serializers.IntegerField(read_only=True)})},
    )
    def delete(self, request: Request) -> Response:
        """Sign out everywhere but here."""
        return Response({"ended": sessions.end_others(person=_person(request), request=_plain(request))})


class SessionView(_Own):
    """One browser."""

    @extend_schema(
        operation_id="auth_session_end", summary="End one session", tags=TAGS, request=None, responses={204: None}
    )
    def delete(self, request: Request, session: str) -> Response:
        """Sign one browser out."""
        sessions.end_one(person=_person(request), listed_id=session, request=_plain(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SecondFactorView(_Own):
    """One's second factor."""

    @extend_schema(
        operation_id="auth_second_factor",
        summary="One's second factors",
        tags=TAGS,
        responses=SecondFactorSerializer,
    )
    def get(self, request: Request) -> Response:
        """Tell whether a second factor is set up, and whether this session gave it; it is set up on the pages."""
        state = queries.second_factor_state(_person(request), _plain(request).session)
        return Response(SecondFactorSerializer(state).data)


def _data(kind: type[serializers.Serializer[None]], request: Request) -> dict[str, str]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _plain(request: Request) -> HttpRequest:
    """Return Django's request: allauth's flows keep what they need in its session."""
    return request._request  # noqa: SLF001 - DRF gives no other way


def _person(request: Request) -> User:
    return cast("User", request.user)
