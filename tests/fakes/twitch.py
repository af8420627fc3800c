"""Twitch's token server and the part of Helix that a station uses, as a local server with its refusals."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.fakes.platform import Answered, Asked, FakePlatform
from tests.fakes.serving import serving

ID, API = "/oauth2", "/helix"
CLIENT = "twitch-client"
SCOPES = "channel:manage:broadcast channel:read:stream_key"


def refused(status: int, message: str) -> Answered:
    """Twitch's form of an error."""
    words = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests"}
    return Answered(status, {"error": words.get(status, "Error"), "status": status, "message": message})


def too_many(seconds: int = 30) -> Answered:
    """A 429 that names when the bucket is filled again."""
    answer = refused(429, "Too Many Requests")
    answer.headers = {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "0"}
    answer.headers["Ratelimit-Reset"] = str(int(time.time()) + seconds)
    return answer


class FakeTwitch(FakePlatform):
    """One channel, ``12345``; refresh tokens work once, as for public applications."""

    def __init__(self) -> None:
        super().__init__()
        self.channel: dict[str, Any] = {"title": "before", "game_id": "", "tags": []}
        self.live: dict[str, Any] | None = None
        self.games = {"Music": "26936"}

    def grant(self) -> str:
        """Make tokens as after a login and return the refresh token."""
        token = f"refresh-{next(self.numbers)}"
        self.refresh.add(token)
        return token

    def go_live(self, viewers: int = 7) -> None:
        self.live = {"user_id": "12345", "type": "live", "viewer_count": viewers, "title": self.channel["title"]}

    def answer(self, asked: Asked) -> Answered:
        before = {
            f"POST {ID}/device": self._code,
            f"POST {ID}/token": self._token,
            f"POST {ID}/revoke": self._revoke,
            f"GET {ID}/validate": self._validate,
        }.get(asked.what)
        if before:
            return before(asked)
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.access or asked.headers.get("client-id") != CLIENT:
            return refused(401, "Invalid OAuth token")
        found = {
            f"GET {API}/users": self._users,
            f"GET {API}/streams": self._streams,
            f"GET {API}/streams/key": self._key,
            f"GET {API}/games": self._games,
            f"PATCH {API}/channels": self._patch,
        }.get(asked.what)
        return found(asked) if found else refused(404, "")

    def _code(self, asked: Asked) -> Answered:
        if asked.form.get("client_id") != CLIENT:
            return refused(400, "invalid client")
        assert asked.form["scopes"] == SCOPES
        number = next(self.numbers)
        return Answered(
            200,
            {
                "device_code": f"device-{number}",
                "expires_in": 1800,
                "interval": 5,
                "user_code": f"ABCD{number:04}",
                "verification_uri": f"https://www.twitch.tv/activate?device-code=ABCD{number:04}",
            },
        )

    def _token(self, asked: Asked) -> Answered:
        if asked.form["grant_type"] == "refresh_token":
            if asked.form["refresh_token"] not in self.refresh:
                return refused(400, "Invalid refresh token")
            self.refresh.discard(asked.form["refresh_token"])
            return self._fresh()
        assert asked.form["scopes"] == SCOPES
        if self.entered in {"authorization_pending", "invalid device code"}:
            return Answered(400, {"status": 400, "message": self.entered})
        return self._fresh()

    def _fresh(self) -> Answered:
        token = f"access-{next(self.numbers)}"
        self.access = {token}
        body = {"access_token": token, "refresh_token": self.grant(), "expires_in": 14400}
        return Answered(200, {**body, "scope": SCOPES.split(), "token_type": "bearer"})

    def _revoke(self, asked: Asked) -> Answered:
        if asked.form["token"] not in self.refresh | self.access:
            return refused(400, "Invalid token")
        self.refresh.clear()
        self.access.clear()
        return Answered(200)

    def _validate(self, asked: Asked) -> Answered:
        if asked.headers["authorization"].removeprefix("OAuth ") not in self.access:
            return Answered(401, {"status": 401, "message": "invalid access token"})
        body = {"client_id": CLIENT, "login": "nightfm", "scopes": SCOPES.split(), "user_id": "12345"}
        return Answered(200, {**body, "expires_in": 5000})

    def _users(self, _: Asked) -> Answered:
        return Answered(200, {"data": [{"id": "12345", "login": "nightfm", "display_name": "NightFM"}]})

    def _streams(self, asked: Asked) -> Answered:
        assert asked.params["user_id"] == ["12345"]
        return Answered(200, {"data": [self.live] if self.live else [], "pagination": {}})

    def _key(self, asked: Asked) -> Answered:
        assert asked.param("broadcaster_id") == "12345"
        return Answered(200, {"data": [{"stream_key": "live_12345_abcdefgh"}]})

    def _games(self, asked: Asked) -> Answered:
        name = asked.param("name")
        return Answered(200, {"data": [{"id": self.games[name], "name": name}] if name in self.games else []})

    def _patch(self, asked: Asked) -> Answered:
        assert asked.param("broadcaster_id") == "12345"
        if not 1 <= len(asked.body["title"]) <= 140:
            return refused(400, "The title field must contain from 1 to 140 characters")
        self.channel |= asked.body
        return Answered(204)


@contextmanager
def fake_twitch() -> Iterator[FakeTwitch]:
    """Run one."""
    with serving(FakeTwitch()) as server:
        yield server
