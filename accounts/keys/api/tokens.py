"""Signing in with tokens: ask for a pair, refresh it, end it; and the public keys that prove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.keys import cookies, families, schema, signing
from accounts.keys.errors import TokenRefusedError
from accounts.keys.proving import prove

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["KeySetViewSet", "TokenViewSet", "schema"]
NOT_KEPT = {"Cache-Control": "no-store"}


class ProofSerializer(serializers.Serializer[Any]):
    """Who signs in."""

    email = serializers.EmailField()
    password = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)
    code = serializers.CharField(
        max_length=32, required=False, allow_blank=True, help_text="Of the second factor, or a recovery code."
    )
    cookies = serializers.BooleanField(
        default=False, help_text="True: a browser asks. The tokens come in HttpOnly cookies, not in the answer."
    )


class RefreshSerializer(serializers.Serializer[Any]):
    """The refresh token; a browser leaves it out and sends its cookie, with X-CSRFToken."""

    refresh = serializers.CharField(max_length=4096, required=False, write_only=True)


class TokensSerializer(serializers.Serializer[Any]):
    """What a program is given."""

    access = serializers.CharField(required=False, help_text="Send it as `Authorization: Bearer …`. Not with cookies.")
    refresh = serializers.CharField(required=False, help_text="Good for one use. Not with cookies.")
    csrf_token = serializers.CharField(required=False, help_text="With cookies: send it as X-CSRFToken.")
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text="Seconds until the access token ends.")
    refresh_expires_at = serializers.DateTimeField()


class TokenViewSet(ViewSet):
    """Tokens; whoever asks proves themselves by what they send."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(summary="Sign in with a token", request=ProofSerializer, responses={200: TokensSerializer})
    def create(self, request: Request) -> Response:
        """Give the first pair of a new sign-in."""
        asked = ProofSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = dict(asked.validated_data)
        in_cookies = wanted.pop("cookies")
        person, methods = prove(request=request, **wanted)
        return told(families.begin(person=person, methods=methods, request=request), request, in_cookies=in_cookies)

    @extend_schema(summary="Take the next pair of tokens", request=RefreshSerializer, responses={200: TokensSerializer})
    def refresh(self, request: Request) -> Response:
        """Take a refresh token, once; one that was used before ends its sign-in."""
        token, in_cookies = _refresh_token(request)
        return told(families.carry_on(refresh=token, request=request), request, in_cookies=in_cookies)

    @extend_schema(summary="Sign out with a token", request=RefreshSerializer, responses={204: None})
    def end(self, request: Request) -> Response:
        """End the sign-in that a refresh token belongs to, its access tokens too."""
        token, _ = _refresh_token(request)
        families.end_by_token(refresh=token, request=request)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        cookies.take_back(response)
        return response


class KeySetViewSet(ViewSet):
    """The public keys."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        summary="The public keys that tokens are signed with (JWK set)",
        responses={200: {"type": "object", "properties": {"keys": {"type": "array", "items": {"type": "object"}}}}},
    )
    def retrieve(self, request: Request) -> Response:  # noqa: ARG002 - a view's signature
        """Answer as RFC 7517 has it."""
        return Response(signing.key_set_document(), headers={"Cache-Control": "public, max-age=300"})


def _refresh_token(request: Request) -> tuple[str, bool]:
    """Return the refresh token and whether it came in a cookie."""
    asked = RefreshSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    sent = asked.validated_data.get("refresh")
    if sent:
        return sent, False
    found = cookies.refresh_token(request)
    if not found:
        raise TokenRefusedError("Send the refresh token.", field="refresh")
    return found, True


def told(pair: families.Pair, request: Request, *, in_cookies: bool) -> Response:
    """Answer with a pair of tokens, or with cookies that hold them."""
    body: dict[str, Any] = {
        "token_type": "Bearer",
        "expires_in": int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
        "refresh_expires_at": pair.refresh_expires_at,
    }
    body |= {"csrf_token": get_token(request)} if in_cookies else {"access": pair.access, "refresh": pair.refresh}
    response = Response(TokensSerializer(body).data, headers=NOT_KEPT)
    if in_cookies:
        cookies.give(response, pair)
    return response
