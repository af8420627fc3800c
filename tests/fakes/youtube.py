"""Google's token server and YouTube's live API as one local server that speaks the contract, refusals included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.fakes.platform import Answered, Asked, FakePlatform
from tests.fakes.serving import serving

API, UPLOAD = "/youtube/v3", "/upload/youtube/v3"
CLIENT, SECRET = "client-1", "secret-1"
PRIVACIES, LATENCIES = {"public", "unlisted", "private"}, {"normal", "low", "ultraLow"}


def refused(status: int, reason: str, message: str = "said no") -> Answered:
    """Google's envelope of an error."""
    errors = [{"message": message, "domain": "youtube.liveBroadcast", "reason": reason}]
    return Answered(status, {"error": {"code": status, "message": message, "errors": errors}})


class FakeYouTube(FakePlatform):
    """``one_at_a_time`` refuses a second live broadcast of a stream."""

    def __init__(self) -> None:
        super().__init__()
        self.lifetime = 3599
        self.channels: list[dict[str, Any]] = [{"id": "UCnight", "snippet": {"title": "Night FM"}}]
        self.streams: dict[str, dict[str, Any]] = {}
        self.broadcasts: dict[str, dict[str, Any]] = {}
        self.thumbnails: dict[str, bytes] = {}
        self.viewers: dict[str, str] = {}
        self.one_at_a_time = False
        self.starts_by_itself = False

    # -- what tests do to it

    def grant(self) -> str:
        """Make tokens as after a login and return the refresh token."""
        token = f"refresh-{next(self.numbers)}"
        self.refresh.add(token)
        return token

    def picture(self, stream: str, *, arrives: bool = True, health: str = "good", issues: Any = ()) -> None:
        """Let a stream's picture arrive, or end."""
        status = {"streamStatus": "active" if arrives else "inactive"}
        told = {"status": health if arrives else "noData", "lastUpdateTimeSeconds": "1763700000"}
        self.streams[stream]["status"] = {**status, "healthStatus": {**told, "configurationIssues": list(issues)}}
        for broadcast in self.broadcasts.values():
            ready = broadcast["status"]["lifeCycleStatus"] == "ready"
            if arrives and self.starts_by_itself and ready and self._bound(broadcast) == stream:
                broadcast["status"]["lifeCycleStatus"] = "live"

    def life(self, video: str) -> str:
        return str(self.broadcasts[video]["status"]["lifeCycleStatus"])

    def lives(self) -> list[str]:
        """What each broadcast is, in the order of their making."""
        return [self.life(video) for video in self.broadcasts]

    # -- what it answers

    def answer(self, asked: Asked) -> Answered:
        if asked.what == "POST /device/code":
            return self._code(asked)
        if asked.what == "POST /token":
            return self._token(asked)
        if asked.what == "POST /revoke":
            return self._revoke(asked)
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.access:
            return refused(401, "authError", "Invalid Credentials")
        method, _, path = asked.what.partition(" ")
        found = {
            f"GET {API}/channels": self._channels,
            f"GET {API}/liveStreams": self._list_streams,
            f"POST {API}/liveStreams": self._make_stream,
            f"GET {API}/liveBroadcasts": self._list_broadcasts,
            f"POST {API}/liveBroadcasts": self._make_broadcast,
            f"POST {API}/liveBroadcasts/bind": self._bind,
            f"POST {API}/liveBroadcasts/transition": self._transition,
            f"POST {UPLOAD}/thumbnails/set": self._thumbnail,
            f"GET {API}/videos": self._videos,
        }.get(f"{method} {path}")
        return found(asked) if found else Answered(404, {"error": {"code": 404, "message": "Not Found"}})

    def _code(self, asked: Asked) -> Answered:
        if asked.form.get("client_id") != CLIENT:
            return Answered(401, {"error": "invalid_client"})
        assert asked.form["scope"] == "https://www.googleapis.com/auth/youtube"
        number = next(self.numbers)
        return Answered(
            200,
            {
                "device_code": f"device-{number}",
                "user_code": f"ABCD-{number:04}",
                "verification_url": "https://www.google.com/device",
                "expires_in": 1800,
                "interval": 5,
            },
        )

    def _token(self, asked: Asked) -> Answered:
        if (asked.form.get("client_id"), asked.form.get("client_secret")) != (CLIENT, SECRET):
            return Answered(401, {"error": "invalid_client"})
        if asked.form["grant_type"] == "refresh_token":
            if asked.form["refresh_token"] not in self.refresh:
                return Answered(400, {"error": "invalid_grant"})
            return Answered(200, self._fresh())
        assert asked.form["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code"
        status = {"authorization_pending": 428, "slow_down": 403, "access_denied": 403, "expired_token": 400}
        if self.entered in status:
            return Answered(status[self.entered], {"error": self.entered})
        return Answered(200, {**self._fresh(), "refresh_token": self.grant()})

    def _fresh(self) -> dict[str, Any]:
        token = f"access-{next(self.numbers)}"
        self.access.add(token)
        scope = "https://www.googleapis.com/auth/youtube"
        return {"access_token": token, "expires_in": self.lifetime, "scope": scope, "token_type": "Bearer"}

    def _revoke(self, asked: Asked) -> Answered:
        token = asked.param("token")
        if token not in self.refresh | self.access:
            return Answered(400, {"error": "invalid_token"})
        self.refresh.discard(token)
        self.access.clear()
        return Answered(200, {})

    def _channels(self, asked: Asked) -> Answered:
        assert asked.param("mine") == "true"
        return _listed(self.channels)

    def _list_streams(self, asked: Asked) -> Answered:
        return _listed(_chosen(self.streams, asked))

    def _make_stream(self, asked: Asked) -> Answered:
        body = asked.body
        if not 1 <= len(body["snippet"]["title"]) <= 128:
            return refused(400, "invalidTitle")
        assert body["contentDetails"] == {"isReusable": True}
        assert body["cdn"]["ingestionType"] == "rtmp"
        number = next(self.numbers)
        stream = {
            "kind": "youtube#liveStream",
            "id": f"UCnight_stream{number}",
            "snippet": body["snippet"],
            "contentDetails": body["contentDetails"],
            "cdn": {**body["cdn"], "ingestionInfo": _ingestion(f"abcd-efgh-ijkl-{number:04}")},
            "status": {"streamStatus": "ready", "healthStatus": {"status": "noData", "configurationIssues": []}},
        }
        self.streams[stream["id"]] = stream
        return Answered(200, stream)

    def _list_broadcasts(self, asked: Asked) -> Answered:
        return _listed(_chosen(self.broadcasts, asked))

    def _make_broadcast(self, asked: Asked) -> Answered:
        body = asked.body
        title, details = body["snippet"]["title"], body["contentDetails"]
        if not 1 <= len(title) <= 100 or re.search("[<>]", title):
            return refused(400, "invalidTitle")
        if len(body["snippet"]["description"].encode()) > 5000 or re.search("[<>]", body["snippet"]["description"]):
            return refused(400, "invalidDescription")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["snippet"]["scheduledStartTime"])
        assert body["status"]["privacyStatus"] in PRIVACIES
        assert body["status"]["selfDeclaredMadeForKids"] is False
        assert details["latencyPreference"] in LATENCIES
        number = next(self.numbers)
        broadcast = {
            "kind": "youtube#liveBroadcast",
            "id": f"video{number:06}",
            "snippet": {**body["snippet"], "channelId": "UCnight", "liveChatId": f"chat-{number}"},
            "status": {**body["status"], "lifeCycleStatus": "created", "recordingStatus": "notRecording"},
            "contentDetails": details,
        }
        self.broadcasts[broadcast["id"]] = broadcast
        return Answered(200, broadcast)

    def _bound(self, broadcast: dict[str, Any]) -> str:
        return str(broadcast["contentDetails"].get("boundStreamId", ""))

    def _bind(self, asked: Asked) -> Answered:
        broadcast = self.broadcasts.get(asked.param("id"))
        if broadcast is None:
            return refused(404, "liveBroadcastNotFound")
        if asked.param("streamId") not in self.streams:
            return refused(404, "liveStreamNotFound")
        if broadcast["status"]["lifeCycleStatus"] not in {"created", "ready"}:
            return refused(403, "liveBroadcastBindingNotAllowed")
        broadcast["contentDetails"]["boundStreamId"] = asked.param("streamId")
        broadcast["status"]["lifeCycleStatus"] = "ready"
        return Answered(200, broadcast)

    def _transition(self, asked: Asked) -> Answered:
        broadcast, to = self.broadcasts.get(asked.param("id")), asked.param("broadcastStatus")
        if broadcast is None:
            return refused(404, "liveBroadcastNotFound")
        status, stream = broadcast["status"], self._bound(broadcast)
        if status["lifeCycleStatus"] == to:
            return refused(403, "redundantTransition")
        if to == "live":
            if status["lifeCycleStatus"] != "ready":
                return refused(403, "invalidTransition")
            if self.streams[stream]["status"]["streamStatus"] != "active":
                return refused(403, "errorStreamInactive")
            others = [b for b in self.broadcasts.values() if b is not broadcast and self._bound(b) == stream]
            if self.one_at_a_time and any(b["status"]["lifeCycleStatus"] == "live" for b in others):
                return refused(403, "errorExecutingTransition")
        elif status["lifeCycleStatus"] not in {"live", "testing"}:
            return refused(403, "invalidTransition")
        status["lifeCycleStatus"] = to
        return Answered(200, broadcast)

    def _thumbnail(self, asked: Asked) -> Answered:
        if asked.param("videoId") not in self.broadcasts:
            return refused(404, "videoNotFound")
        if not asked.body.startswith(b"\xff\xd8") or len(asked.body) > 2 * 1024 * 1024:
            return refused(400, "invalidImage")
        self.thumbnails[asked.param("videoId")] = asked.body
        return Answered(200, {"kind": "youtube#thumbnailSetResponse", "items": [{}]})

    def _videos(self, asked: Asked) -> Answered:
        wanted = [video for video in asked.param("id").split(",") if video in self.broadcasts]
        items = [{"id": video, "liveStreamingDetails": self._details(video)} for video in wanted]
        return _listed(items)

    def _details(self, video: str) -> dict[str, str]:
        watching = {"concurrentViewers": self.viewers[video]} if video in self.viewers else {}
        return {"actualStartTime": "2026-11-21T08:00:00Z", **watching}


def _ingestion(key: str) -> dict[str, str]:
    return {
        "streamName": key,
        "ingestionAddress": "rtmp://a.rtmp.youtube.com/live2",
        "backupIngestionAddress": "rtmp://b.rtmp.youtube.com/live2?backup=1",
        "rtmpsIngestionAddress": "rtmps://a.rtmps.youtube.com:443/live2",
        "rtmpsBackupIngestionAddress": "rtmps://b.rtmps.youtube.com:443/live2?backup=1",
    }


def _chosen(rows: dict[str, dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    if asked.param("mine") == "true":
        assert not asked.param("id"), "id and mine exclude each other"
        return list(rows.values())
    return [rows[key] for key in asked.param("id").split(",") if key in rows]


def _listed(items: list[dict[str, Any]]) -> Answered:
    return Answered(200, {"kind": "youtube#listResponse", "pageInfo": {"totalResults": len(items)}, "items": items})


@contextmanager
def fake_youtube() -> Iterator[FakeYouTube]:
    """Run one."""
    with serving(FakeYouTube()) as server:
        yield server
