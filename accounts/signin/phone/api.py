"""Codes by text message in the API: sign in with one, and prove that a number is one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.keys import families
from accounts.keys.api.tokens import NOT_KEPT, TokensSerializer, told
from accounts.keys.permissions import PersonThemselves
from accounts.keys.proving import with_second_factor
from accounts.people.errors import PasswordWrongError
from accounts.people.phones import LONGEST
from accounts.signin.phone import services
from accounts.signin.phone.codes import DIGITS

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

    from accounts.people.models import User


class NumberSerializer(serializers.Serializer[Any]):
    """A number."""

    phone = serializers.CharField(max_length=LONGEST, help_text="With the country's code: `+628123456789`.")


class PasswordSerializer(serializers.Serializer[Any]):
    """Whose account it is."""

    password = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)


class OwnNumberSerializer(NumberSerializer, PasswordSerializer):
    """A number, and whose account it is to belong to."""


class AskedSerializer(serializers.Serializer[Any]):
    """What belongs to a code."""

    challenge = serializers.UUIDField()
    binding = serializers.CharField(source="secret", help_text="Keep it; without it the code opens nothing.")
    expires_at = serializers.DateTimeField()


class CodeSerializer(serializers.Serializer[Any]):
    """A code, with what it was asked for by."""

    challenge = serializers.UUIDField()
    binding = serializers.CharField(max_length=128, write_only=True)
    code = serializers.RegexField(rf"^[0-9]{{{DIGITS}}}$", write_only=True, help_text="The digits of the message.")


class PhoneProofSerializer(CodeSerializer):
    """Who signs in."""

    second_factor = serializers.CharField(
        max_length=32, default="", allow_blank=True, write_only=True, help_text="Code of the app, or a recovery code."
    )
    cookies = serializers.BooleanField(default=False, help_text="As at `/auth/token/`.")


class OwnedNumberSerializer(serializers.Serializer[Any]):
    """The number that was proved."""

    phone = serializers.CharField(read_only=True)


class PhoneViewSet(ViewSet):
    """Signing in; whoever asks proves themselves by what they send."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        summary="Have a code sent to a phone",
        description="Answers the same whether anybody has the number or not. 404: no messages are sent here.",
        request=NumberSerializer,
        responses={202: AskedSerializer},
    )
    def create(self, request: Request) -> Response:
        """Send a code, if somebody has the number."""
        asked = services.ask_to_sign_in(phone=_valid(NumberSerializer, request)["phone"], request=request)
        return _asked(asked)

    @extend_schema(
        summary="Sign in with a code that came by phone",
        description="401 with the title `Second factor needed`: send the same code again, with `second_factor`.",
        request=PhoneProofSerializer,
        responses={200: TokensSerializer},
    )
    def token(self, request: Request) -> Response:
        """Give a pair of tokens; the code is used up only when everything else was right, too."""
        proof = _valid(PhoneProofSerializer, request)
        challenge, person = services.sign_in(
            challenge=proof["challenge"], secret=proof["binding"], code=proof["code"], request=request
        )
        methods = with_second_factor(request=request, person=person, shown="sms", code=proof["second_factor"])
        services.take(challenge)
        pair = families.begin(person=person, methods=methods, request=request)
        return told(pair, request, in_cookies=proof["cookies"])


class PhoneNumberViewSet(ViewSet):
    """The caller's own number."""

    permission_classes = (PersonThemselves,)

    @extend_schema(
        summary="Have a code sent to a number that is to be yours",
        request=OwnNumberSerializer,
        responses={202: AskedSerializer},
    )
    def create(self, request: Request) -> Response:
        """Send a code, whoever has the number now."""
        wanted, person = _valid(OwnNumberSerializer, request), _person(request)
        _check_password(request, person, wanted["password"])
        return _asked(services.ask_for_number(person=person, phone=wanted["phone"], request=request))

    @extend_schema(
        summary="Prove a number with its code", request=CodeSerializer, responses={200: OwnedNumberSerializer}
    )
    def confirm(self, request: Request) -> Response:
        """Keep the number."""
        proof = _valid(CodeSerializer, request)
        person = services.keep_number(
            person=_person(request),
            challenge=proof["challenge"],
            secret=proof["binding"],
            code=proof["code"],
            request=request,
        )
        return Response({"phone": person.phone})

    @extend_schema(summary="Forget your number", request=PasswordSerializer, responses={204: None})
    def destroy(self, request: Request) -> Response:
        """Nobody signs in by it any more."""
        person = _person(request)
        _check_password(request, person, _valid(PasswordSerializer, request)["password"])
        services.forget_number(person=person, request=request)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _valid(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    sent = serializer(data=request.data)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def _asked(asked: services.Asked) -> Response:
    return Response(AskedSerializer(asked).data, status=status.HTTP_202_ACCEPTED, headers=NOT_KEPT)


def _person(request: Request) -> User:
    return cast("User", request.user)


def _check_password(request: Request, person: User, password: str) -> None:
    """See that it is the person who asks: a number is a way into the account."""
    if authenticate(cast("HttpRequest", request), email=person.email, password=password) != person:
        raise PasswordWrongError("This is not the account's password. Nothing was changed.", field="password")
