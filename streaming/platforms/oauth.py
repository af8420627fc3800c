"""The OAuth device flow (RFC 8628) as Google and Twitch speak it, refreshing, and giving tokens back.

Google: developers.google.com/youtube/v3/guides/auth/devices. Twitch: dev.twitch.tv/docs/authentication
(device code grant flow, validate, revoke); its errors are words in ``message``, not in ``error``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings

from streaming.platforms.errors import (
    ConnectAgainError,
    LoginEndedError,
    NotConfiguredError,
    PlatformAwayError,
    RefusedError,
)
from streaming.platforms.models import DeviceLogin, Kind
from streaming.platforms.wire import WEB_SECONDS, WHOLE_SECONDS, Call, Reply, send

if TYPE_CHECKING:
    from collections.abc import Mapping

YOUTUBE_SCOPE = "https://www.googleapis.com/auth/youtube"
TWITCH_SCOPES = "channel:manage:broadcast channel:read:stream_key"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
USUAL_INTERVAL, SLOWER = 5, 5
USUAL_LIFE = 1800
UNAUTHORIZED = 401
GONE = frozenset({"invalid_grant", "Invalid refresh token", "invalid_token"})


@dataclass(frozen=True)
class Code:
    """What somebody has to enter, and where."""

    device_code: str = field(repr=False)
    user_code: str
    address: str
    expires_in: int
    interval: int


@dataclass(frozen=True)
class Tokens:
    """What lets us act; ``refresh`` is empty where the old one goes on. ``expires_in`` is in seconds."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True)
class Waiting:
    """The code has not been entered yet; ask again after ``slower`` seconds more than before."""

    slower: int = 0


def begin(platform: str, *, seconds: float = WEB_SECONDS) -> Code:
    """Ask for a code.

    Raises:
        NotConfiguredError: no application is set up here, or the platform does not know it.
        PlatformAwayError: no answer.

    """
    check_configured(platform)
    if platform == Kind.YOUTUBE:
        form = {"client_id": settings.YOUTUBE_CLIENT_ID, "scope": YOUTUBE_SCOPE}
        reply = _post(platform, f"{settings.YOUTUBE_OAUTH_URL}/device/code", form, seconds)
    else:
        form = {"client_id": settings.TWITCH_CLIENT_ID, "scopes": TWITCH_SCOPES}
        reply = _post(platform, f"{settings.TWITCH_ID_URL}/device", form, seconds)
    said = reply.json()
    if not reply.ok or not said.get("device_code"):
        raise NotConfiguredError(_not_known(platform, said))
    address = str(said.get("verification_url") or said.get("verification_uri", ""))
    if not address.startswith("https://"):  # it becomes a link that an operator follows
        raise PlatformAwayError(f"{Kind(platform).label} answered without an address for the code.")
    return Code(
        device_code=str(said["device_code"]),
        user_code=str(said.get("user_code", "")),
        address=address,
        expires_in=int(said.get("expires_in", USUAL_LIFE)),
        interval=max(1, int(said.get("interval", USUAL_INTERVAL))),
    )


def poll(platform: str, device_code: str) -> Tokens | Waiting:
    """Ask whether the code has been entered.

    Raises:
        LoginEndedError: it was declined, or not entered in time.
        NotConfiguredError: the application's secret is wrong.
        PlatformAwayError: no answer; ask again.

    """
    form = {"device_code": device_code, "grant_type": DEVICE_GRANT, **_application(platform)}
    if platform == Kind.TWITCH:
        form["scopes"] = TWITCH_SCOPES
    reply = _post(platform, _token_url(platform), form, WHOLE_SECONDS)
    if reply.ok:
        return _tokens(reply.json())
    said = reply.json()
    word = _word(said)
    if word in {"authorization_pending", "slow_down"}:
        return Waiting(slower=SLOWER if word == "slow_down" else 0)
    name = Kind(platform).label
    if word == "access_denied":
        raise LoginEndedError(f"{name}: access was declined. Start again and allow it.", state=DeviceLogin.State.DENIED)
    if word in {"expired_token", "invalid_grant", "invalid device code"}:
        sentence = f"{name}: the code was declined or not entered in time. Start again; you get a new code."
        raise LoginEndedError(sentence, state=DeviceLogin.State.EXPIRED)
    raise NotConfiguredError(_not_known(platform, said))


def refresh(platform: str, refresh_token: str) -> Tokens:
    """Return fresh tokens. Not repeated on failure: Twitch takes a refresh token of a public application once.

    Raises:
        ConnectAgainError: the leave is gone.
        NotConfiguredError: the application's secret is wrong.
        PlatformAwayError: no answer.

    """
    check_configured(platform)
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **_application(platform)}
    reply = _post(platform, _token_url(platform), form, WHOLE_SECONDS)
    said = reply.json()
    if reply.ok:
        return _tokens(said)
    word, name = _word(said), Kind(platform).label
    if word in GONE or (platform == Kind.TWITCH and reply.status == UNAUTHORIZED):
        raise ConnectAgainError(
            f"{name} no longer lets Longwave act for this channel: access was taken back or has run out. "
            "Connect the channel again."
        )
    if word in {"invalid_client", "unauthorized_client", "invalid client", "invalid client secret"}:
        raise NotConfiguredError(_not_known(platform, said))
    raise RefusedError(f"{name} gave no new token ({word or reply.status}).", reason=word, code=reply.status)


def revoke(platform: str, token: str, *, seconds: float = WEB_SECONDS) -> bool:
    """Give a token back; False: the platform did not take it (it may have been void already).

    Raises:
        PlatformAwayError: no answer.

    """
    if platform == Kind.YOUTUBE:
        url = f"{settings.YOUTUBE_OAUTH_URL}/revoke"
        reply = send(Call(Kind(platform).label, "POST", url, params={"token": token}, again=True, seconds=seconds))
    else:
        form = {"client_id": settings.TWITCH_CLIENT_ID, "token": token}
        reply = _post(platform, f"{settings.TWITCH_ID_URL}/revoke", form, seconds)
    return reply.ok


def check_configured(platform: str) -> None:
    """Raise :class:`NotConfiguredError` unless an application is set up for a platform."""
    has = {
        Kind.YOUTUBE: bool(settings.YOUTUBE_CLIENT_ID and settings.YOUTUBE_CLIENT_SECRET),
        Kind.TWITCH: bool(settings.TWITCH_CLIENT_ID),
    }
    if not has[Kind(platform)]:
        names = "YOUTUBE_CLIENT_ID and YOUTUBE_CLIENT_SECRET" if platform == Kind.YOUTUBE else "TWITCH_CLIENT_ID"
        raise NotConfiguredError(
            f"{Kind(platform).label} is not set up: set {names} and start Longwave again (docs/platforms.md)."
        )


def _post(platform: str, url: str, form: Mapping[str, str], seconds: float) -> Reply:
    return send(Call(Kind(platform).label, "POST", url, form=form, seconds=seconds))


def _token_url(platform: str) -> str:
    base: str = settings.YOUTUBE_OAUTH_URL if platform == Kind.YOUTUBE else settings.TWITCH_ID_URL
    return f"{base}/token"


def _application(platform: str) -> dict[str, str]:
    if platform == Kind.YOUTUBE:
        return {"client_id": settings.YOUTUBE_CLIENT_ID, "client_secret": settings.YOUTUBE_CLIENT_SECRET}
    secret = {"client_secret": settings.TWITCH_CLIENT_SECRET} if settings.TWITCH_CLIENT_SECRET else {}
    return {"client_id": settings.TWITCH_CLIENT_ID, **secret}


def _tokens(said: dict[str, Any]) -> Tokens:
    if not said.get("access_token"):
        raise PlatformAwayError("The platform answered without a token.")
    return Tokens(
        access=str(said["access_token"]),
        refresh=str(said.get("refresh_token", "")),
        expires_in=int(said.get("expires_in", 0)),
    )


def _word(said: dict[str, Any]) -> str:
    """Return the platform's own word: Google's ``error``, Twitch's ``message``."""
    return str(said.get("message") or said.get("error") or "")


def _not_known(platform: str, said: dict[str, Any]) -> str:
    name, word = Kind(platform).label, _word(said) or "no reason given"
    variables = "YOUTUBE_CLIENT_ID and YOUTUBE_CLIENT_SECRET"
    if platform == Kind.TWITCH:
        variables = "TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET"
    return f"{name} does not accept Longwave's application ({word}). Check {variables}."
