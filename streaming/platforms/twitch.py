"""Twitch's Helix API, the little of it that a station needs (dev.twitch.tv/docs/api/reference)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from streaming.platforms.errors import ConnectAgainError, LaterError, PlatformAwayError, RefusedError
from streaming.platforms.wire import Call, Reply, retry_after, send

if TYPE_CHECKING:
    from collections.abc import Iterable

UNAUTHORIZED, FORBIDDEN, TOO_MANY, SERVER = 401, 403, 429, 500
MOST_IDS = 100
NAME = "Twitch"
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class Channel:
    """Whose token it is."""

    id: str
    login: str
    name: str


@dataclass(frozen=True)
class Live:
    """A channel that is live."""

    viewers: int
    title: str


class Client:
    """Acts for one channel."""

    def __init__(self, token: str) -> None:
        """Act with this token."""
        self._token = token

    def validate(self) -> None:
        """Ask whether the token holds; Twitch wants that each hour.

        Raises:
            ConnectAgainError: it does not.

        """
        headers = {"Authorization": f"OAuth {self._token}"}
        _checked(send(Call(NAME, "GET", f"{settings.TWITCH_ID_URL}/validate", headers=headers, again=True)))

    def channel(self) -> Channel | None:
        """Return the channel of the token."""
        data = self._get("users", {})
        if not data:
            return None
        return Channel(id=str(data[0]["id"]), login=str(data[0]["login"]), name=str(data[0]["display_name"]))

    def stream_key(self, channel: str) -> str:
        """Return the channel's stream key."""
        data = self._get("streams/key", {"broadcaster_id": channel})
        return str(data[0]["stream_key"]) if data else ""

    def live(self, channels: Iterable[str]) -> dict[str, Live]:
        """Return which of these channels are live, by id."""
        ids = sorted(set(channels))[:MOST_IDS]
        data = self._get("streams", {"user_id": ids, "first": str(MOST_IDS)}) if ids else []
        return {
            str(item["user_id"]): Live(viewers=int(item["viewer_count"]), title=str(item["title"]))
            for item in data
            if item.get("type") == "live"
        }

    def category(self, name: str) -> str:
        """Return a category's id by its exact name; empty: there is none."""
        data = self._get("games", {"name": name})
        return str(data[0]["id"]) if data else ""

    def update(
        self, channel: str, *, title: str, category_id: str | None = None, tags: list[str] | None = None
    ) -> None:
        """Set title, category and tags; what is None stays as it is."""
        body = {"title": title, "game_id": category_id, "tags": tags}
        wanted = {key: value for key, value in body.items() if value is not None}
        url, params = f"{settings.TWITCH_API_URL}/channels", {"broadcaster_id": channel}
        _checked(send(Call(NAME, "PATCH", url, headers=self._headers(), params=params, body=wanted, again=True)))

    def _get(self, path: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        url = f"{settings.TWITCH_API_URL}/{path}"
        reply = send(Call(NAME, "GET", url, headers=self._headers(), params=params, again=True))
        return list(_checked(reply).get("data", []))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Client-Id": settings.TWITCH_CLIENT_ID}


def _checked(reply: Reply) -> dict[str, Any]:
    """Return what a good answer holds (204 has nothing), or raise what a bad one means."""
    if reply.ok:
        return reply.json()
    if reply.status >= SERVER:
        raise PlatformAwayError(f"Twitch has a fault of its own (status {reply.status}).")
    if reply.status == TOO_MANY:
        raise LaterError("Twitch was asked too often and wants a pause.", until=_reset(reply))
    said = reply.json()
    message = " ".join(str(said.get("message", "")).split())[:300]
    if reply.status == UNAUTHORIZED and "scope" not in message.lower():
        raise ConnectAgainError("Twitch no longer accepts the channel's token.")
    if reply.status in {UNAUTHORIZED, FORBIDDEN}:
        sentence = f"Twitch does not let Longwave do this ({message}). Connect the channel again and allow it."
        raise RefusedError(sentence, reason="scope", code=reply.status)
    raise RefusedError(f"Twitch refused it: {message or reply.status}.", reason=message, code=reply.status)


def _reset(reply: Reply) -> datetime:
    """Return when Twitch may be asked again: ``Ratelimit-Reset`` is in seconds since 1970; bounded."""
    now, value = timezone.now(), reply.headers.get("ratelimit-reset", "")
    if value.isdecimal():
        return min(now + LONGEST_PAUSE, max(now, datetime.fromtimestamp(int(value), tz=UTC)))
    return now + timedelta(seconds=min(retry_after(reply) or 60, LONGEST_PAUSE.total_seconds()))
