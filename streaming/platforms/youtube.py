"""YouTube Data API v3, the part about live streams: its words in, ours out (developers.google.com/youtube/v3/live).

Every call is paid for before it is sent: the :class:`Client` is given a purse that raises when it is empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from streaming.platforms import reasons
from streaming.platforms.errors import ConnectAgainError, LaterError, PlatformAwayError, QuotaSpentError, RefusedError
from streaming.platforms.quota import next_day
from streaming.platforms.wire import Call, Reply, retry_after, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

MOST_IDS = 50
MOST_PAGES = 4
UNAUTHORIZED, TOO_MANY, SERVER = 401, 429, 500
NAME = "YouTube"


@dataclass(frozen=True)
class Channel:
    """A channel."""

    id: str
    name: str


@dataclass(frozen=True)
class Stream:
    """A reusable way in: where to send, as what, and how it goes. ``issues`` are YouTube's, as they came."""

    id: str
    title: str
    address: str
    backup: str
    key: str = field(repr=False)
    status: str = ""
    health: str = ""
    issues: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Video:
    """A broadcast as YouTube has it."""

    id: str
    title: str
    chat_id: str
    life_cycle: str
    stream_id: str
    scheduled: str


@dataclass(frozen=True)
class NewVideo:
    """What a broadcast is made from; ``scheduled_at`` is aware, to the second."""

    title: str
    description: str
    privacy: str
    latency: str
    dvr: bool
    scheduled_at: datetime


class Client:
    """Acts for one channel; ``pay`` is called with ``resource.method`` before each call."""

    def __init__(self, token: str, pay: Callable[[str], None]) -> None:
        """Act with this token."""
        self._token = token
        self._pay = pay

    def channel(self) -> Channel | None:
        """Return the channel of the token; None: the Google account has none."""
        found = self._list("channels", part="id,snippet", mine="true")
        return Channel(id=str(found[0]["id"]), name=str(found[0]["snippet"]["title"])) if found else None

    def streams(self, ids: Iterable[str]) -> list[Stream]:
        """Return these streams with their state; what is gone is left out. One unit for each 50."""
        return [_stream(item) for part in _in_parts(ids) for item in self._streams(id=",".join(part))]

    def own_streams(self) -> list[Stream]:
        """Return the channel's streams; at most 200."""
        return [_stream(item) for item in self._pages("liveStreams", part="id,snippet,cdn,status", mine="true")]

    def make_stream(self, title: str) -> Stream:
        """Make a reusable stream that takes any size and rate."""
        body = {
            "snippet": {"title": title},
            "cdn": {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"},
            "contentDetails": {"isReusable": True},
        }
        return _stream(self._write("POST", "liveStreams", "insert", body, part="id,snippet,cdn,status,contentDetails"))

    def videos(self, ids: Iterable[str]) -> list[Video]:
        """Return these broadcasts; what is gone is left out."""
        found = (self._list("liveBroadcasts", part=VIDEO_PARTS, id=",".join(part)) for part in _in_parts(ids))
        return [_video(item) for items in found for item in items]

    def own_videos(self) -> list[Video]:
        """Return the channel's broadcasts, newest first as YouTube has them; at most 200."""
        return [_video(item) for item in self._pages("liveBroadcasts", part=VIDEO_PARTS, mine="true")]

    def make_video(self, new: NewVideo) -> Video:
        """Make a broadcast. Never repeated by itself: it might make two."""
        body = {
            "snippet": {
                "title": new.title,
                "description": new.description,
                "scheduledStartTime": instant(new.scheduled_at),
            },
            "status": {"privacyStatus": new.privacy, "selfDeclaredMadeForKids": False},
            "contentDetails": {
                "enableAutoStart": True,
                "enableAutoStop": False,
                "enableDvr": new.dvr,
                "enableEmbed": True,
                "recordFromStart": True,
                "latencyPreference": new.latency,
                "monitorStream": {"enableMonitorStream": False, "broadcastStreamDelayMs": 0},
            },
        }
        return _video(self._write("POST", "liveBroadcasts", "insert", body, part=VIDEO_PARTS))

    def bind(self, video: str, stream: str) -> Video:
        """Join a broadcast with a stream."""
        said = self._write("POST", "liveBroadcasts/bind", "bind", None, part=VIDEO_PARTS, id=video, streamId=stream)
        return _video(said)

    def transition(self, video: str, to: str) -> Video | None:
        """Take a broadcast to ``live`` or ``complete``; None: it was there already.

        Raises:
            RefusedError: ``reason`` is ``errorStreamInactive`` while no picture arrives.

        """
        path, wanted = "liveBroadcasts/transition", {"id": video, "broadcastStatus": to, "part": VIDEO_PARTS}
        try:
            return _video(self._write("POST", path, "transition", None, **wanted))
        except RefusedError as error:
            if error.reason == "redundantTransition":
                return None
            raise

    def set_thumbnail(self, video: str, jpeg: bytes) -> None:
        """Give a broadcast its picture, at most 2 MB of JPEG."""
        self._pay("thumbnails.set")
        url = f"{settings.YOUTUBE_UPLOAD_URL}/thumbnails/set"
        params = {"videoId": video, "uploadType": "media"}
        headers = {**self._headers(), "Content-Type": "image/jpeg"}
        _checked(send(Call(NAME, "POST", url, headers=headers, params=params, content=jpeg)))

    def viewers(self, ids: Iterable[str]) -> dict[str, int]:
        """Return how many watch now, by video; one that YouTube gives no number for is left out."""
        found = {}
        for part in _in_parts(ids):
            for item in self._list("videos", part="id,liveStreamingDetails", id=",".join(part)):
                watching = item.get("liveStreamingDetails", {}).get("concurrentViewers")
                if watching is not None:
                    found[str(item["id"])] = int(watching)
        return found

    def _streams(self, **params: str) -> list[dict[str, Any]]:
        return self._list("liveStreams", part="id,snippet,cdn,status", **params)

    def _list(self, resource: str, **params: str) -> list[dict[str, Any]]:
        return list(self._page(resource, params).get("items", []))

    def _pages(self, resource: str, **params: str) -> list[dict[str, Any]]:
        items, wanted = [], {**params, "maxResults": str(MOST_IDS)}
        for _ in range(MOST_PAGES):
            page = self._page(resource, wanted)
            items += page.get("items", [])
            if not page.get("nextPageToken"):
                break
            wanted["pageToken"] = str(page["nextPageToken"])
        return items

    def _page(self, resource: str, params: dict[str, str]) -> dict[str, Any]:
        self._pay(f"{resource}.list")
        url = f"{settings.YOUTUBE_API_URL}/{resource}"
        return _checked(send(Call(NAME, "GET", url, headers=self._headers(), params=params, again=True)))

    def _write(self, method: str, path: str, verb: str, body: Any, **params: str) -> dict[str, Any]:
        self._pay(f"{path.partition('/')[0]}.{verb}")
        url = f"{settings.YOUTUBE_API_URL}/{path}"
        return _checked(send(Call(NAME, method, url, headers=self._headers(), params=params, body=body)))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


VIDEO_PARTS = "id,snippet,status,contentDetails"


def instant(moment: datetime) -> str:
    """Return a time as YouTube writes it, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _in_parts(ids: Iterable[str]) -> list[list[str]]:
    wanted = sorted(set(ids) - {""})
    return [wanted[start : start + MOST_IDS] for start in range(0, len(wanted), MOST_IDS)]


def _stream(item: dict[str, Any]) -> Stream:
    way, status = item.get("cdn", {}).get("ingestionInfo", {}), item.get("status", {})
    health = status.get("healthStatus", {})
    return Stream(
        id=str(item["id"]),
        title=str(item.get("snippet", {}).get("title", "")),
        address=str(way.get("rtmpsIngestionAddress") or way.get("ingestionAddress", "")),
        backup=str(way.get("rtmpsBackupIngestionAddress") or way.get("backupIngestionAddress", "")),
        key=str(way.get("streamName", "")),
        status=str(status.get("streamStatus", "")),
        health=str(health.get("status", "")),
        issues=tuple(health.get("configurationIssues", ())),
    )


def _video(item: dict[str, Any]) -> Video:
    snippet = item.get("snippet", {})
    return Video(
        id=str(item["id"]),
        title=str(snippet.get("title", "")),
        chat_id=str(snippet.get("liveChatId", "")),
        life_cycle=str(item.get("status", {}).get("lifeCycleStatus", "")),
        stream_id=str(item.get("contentDetails", {}).get("boundStreamId", "")),
        scheduled=str(snippet.get("scheduledStartTime", "")),
    )


def _checked(reply: Reply) -> dict[str, Any]:
    """Return what a good answer holds, or raise what a bad one means."""
    if reply.ok:
        return reply.json()
    if reply.status >= SERVER:
        raise PlatformAwayError(f"YouTube has a fault of its own (status {reply.status}).")
    error = _error(reply)
    reason = str(next((e.get("reason") for e in error.get("errors", []) if e.get("reason")), ""))
    if reason in reasons.QUOTA:
        until = next_day(timezone.now())
        sentence = f"YouTube's quota for today is used up. Longwave asks again at {until:%H:%M} UTC (midnight Pacific)."
        raise QuotaSpentError(sentence, until=until, is_told=True)
    if reason in reasons.RATE or reply.status == TOO_MANY:
        until = timezone.now() + timedelta(seconds=retry_after(reply) or 60)
        raise LaterError("YouTube was asked too often and wants a pause.", until=until)
    if reply.status == UNAUTHORIZED:
        raise ConnectAgainError("YouTube no longer accepts the channel's token.")
    sentence = reasons.sentence(reason, str(error.get("message", "")))
    raise RefusedError(sentence, reason=reason, code=reply.status)


def _error(reply: Reply) -> dict[str, Any]:
    try:
        found = reply.json().get("error", {})
    except PlatformAwayError:
        return {}  # an error page of something in between; its status says enough
    return found if isinstance(found, dict) else {"message": str(found)}
