"""AzuraCast's live feed: tells of each change the moment AzuraCast knows it; runs in a thread of a node.

``GET /api/live/nowplaying/sse`` is a Centrifugo server's one-way stream of server-sent events (centrifugal.dev,
"Unidirectional client protocol"); AzuraCast publishes ``{np, triggers, current_time}`` to the channel
``station:<short name>`` (``backend/src/Service/Centrifugo.php``). Seen in it:

* first ``{"connect": {"subs": {channel: {"publications": [{"data": {np…}}]}}, "ping": 25, "time": …}}``, with the
  newest message if it is not older than half a minute; older servers have ``connect.data: [{"data": {np…}}]``,
* then ``{"channel": …, "pub": {"data": {np…}}}`` for each message, and ``{}`` as a sign of life,
* ``{"disconnect": {"code", "reason"}}`` before the server hangs up.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from config.lib import http
from config.lib.problem import LongwaveError
from streaming.sources import azuracast
from streaming.sources.cleaning import TooDeepError, storable
from streaming.sources.errors import NoAnswerError, NotJsonError
from streaming.sources.intake import Intake
from streaming.sources.models import TrackChange
from streaming.stations.models import Station

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from streaming.sources.intake import Coming

PATH = "/api/live/nowplaying/sse"
SILENCE = 60.0  # seconds; signs of life come each 25
LINE_LIMIT = 1024 * 1024
FIRST_RETRY = 2.0
LAST_RETRY = 300.0
OK = 200
log = structlog.get_logger(__name__)


def feed_for(
    station: Station,
    *,
    coming: Coming | None = None,
    changed: Callable[[bool], None] | None = None,
) -> Feed | None:
    """Return the feed a station has, None where its source has none."""
    if station.source_kind != Station.SourceKind.AZURACAST or not station.metadata_url:
        return None
    return Feed(station, coming=coming, changed=changed)


def retry_after(failures: int) -> float:
    """Return the seconds until the next try, after so many failures in a row (at least one)."""
    wait = min(LAST_RETRY, FIRST_RETRY * (1 << min(failures - 1, 16)))
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, hides nothing


class Feed:
    """One station's feed, connected again whenever it ends."""

    def __init__(
        self,
        station: Station,
        *,
        coming: Coming | None = None,
        changed: Callable[[bool], None] | None = None,
    ) -> None:
        """``coming`` gets what plays next; ``changed`` is told when the feed comes up (true) and goes down."""
        self.station = station
        self.connected = False
        self._channel = f"station:{station.shortcode or station.slug}"
        self._intake = Intake(station, TrackChange.Origin.FEED, coming)
        self._changed = changed

    @property
    def url(self) -> str:
        """Where the feed is, on the server of the now-playing address."""
        server = urlsplit(self.station.metadata_url)
        ask = urlencode({"cf_connect": json.dumps({"subs": {self._channel: {"recover": True}}})})
        return urlunsplit((server.scheme, server.netloc, PATH, ask, ""))

    def run(self, stop: threading.Event) -> None:
        """Follow the feed until ``stop`` is set; the first failure in a row is logged, and so is the end of it.

        A thread that waits for the feed's next word notices ``stop`` with that word, and takes up nothing any more.
        """
        failures = 0
        while not stop.is_set():
            try:
                for _ in self.follow(stop):
                    failures = 0
                error: Exception = NoAnswerError("The feed ended.")
            except (LongwaveError, DatabaseError) as raised:
                error = raised
            finally:
                self._note(up=False)
                connection.close()  # back to the pool until the next connection
            failures += 1
            if failures == 1:
                log.info("live feed ended", station=self.station.slug, error=str(error))
            stop.wait(retry_after(failures))

    def follow(self, stop: threading.Event) -> Iterator[None]:
        """Connect once and take up what is said, until the feed ends; yields after each word.

        Raises:
            LongwaveError: it cannot be reached, says nothing for a minute, or nothing that can be read.
            django.db.DatabaseError: a change could not be kept.

        """
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache"}
        with http.opened(self.url, headers=headers, seconds=SILENCE, endless=True) as response:
            if response.status_code != OK:
                raise NoAnswerError(f"{self.station.metadata_url} answers {response.status_code} for its live feed.")
            for data in events(response.iter_bytes()):
                if stop.is_set():
                    return
                self._take(data)
                connection.close()  # minutes may pass until the next
                yield

    def _take(self, data: str) -> None:
        try:
            message = storable(json.loads(data))
        except (TooDeepError, RecursionError, ValueError) as error:
            raise NotJsonError(f"The live feed is no JSON ({error}).") from error
        if not isinstance(message, dict):
            raise NotJsonError("The live feed sends something other than objects.")
        if "disconnect" in message:
            raise NoAnswerError(f"The live feed was ended by the server: {message['disconnect']}")
        for np in now_playings(message, self._channel):
            self._take_up(np)
        if "connect" in message:
            self._note(up=True)

    def _take_up(self, np: Any) -> None:
        received = timezone.now()
        try:
            report = azuracast.now_playing(np, received=received, base=self.station.metadata_url)
            self._intake.take(report, lambda after: azuracast.missed(np, received=received, after=after))
        except LongwaveError as error:
            log.warning("feed's word not understood", station=self.station.slug, error=error.detail)
        self._intake.take_next(azuracast.upcoming(np, received=received, base=self.station.metadata_url))

    def _note(self, *, up: bool) -> None:
        if up == self.connected:
            return
        self.connected = up
        if up:
            log.info("live feed connected", station=self.station.slug)
        if self._changed is not None:
            self._changed(up)


def events(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of each server-sent event (WHATWG HTML, "Server-sent events"); names and ids mean nothing here.

    Raises:
        NotJsonError: a line is longer than a now-playing object can be.

    """
    held, lines = b"", list[str]()
    for piece in pieces:
        held += piece
        if len(held) > LINE_LIMIT:
            raise NotJsonError(f"The live feed sends more than {LINE_LIMIT // 1024} KiB in a line.")
        *whole, held = held.replace(b"\r\n", b"\n").split(b"\n")
        for line in whole:
            if line.startswith(b"data:"):
                lines.append(line[5:].removeprefix(b" ").decode("utf-8", "replace"))
            elif not line and lines:
                yield "\n".join(lines)
                lines.clear()


def now_playings(message: dict[str, Any], channel: str) -> list[Any]:
    """Return the now-playing objects that a message of the feed carries for a channel, oldest first."""
    connect = message.get("connect")
    if isinstance(connect, dict):
        subscribed = connect.get("subs")
        own = subscribed.get(channel) if isinstance(subscribed, dict) else None
        found = own.get("publications") if isinstance(own, dict) else connect.get("data")
        found = found or connect.get("data")
    else:
        found = [message.get("pub")] if message.get("channel") == channel else []
    messages = [one.get("data") for one in found or [] if isinstance(one, dict)] if isinstance(found, list) else []
    return [one["np"] for one in messages if isinstance(one, dict) and isinstance(one.get("np"), dict)]
