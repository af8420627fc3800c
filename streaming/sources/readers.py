"""Reads what plays from a source's now-playing address, in our words; keeps nothing."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

import structlog

from config.lib import http
from streaming.sources import azuracast, icecast
from streaming.sources.cleaning import storable
from streaming.sources.errors import FieldWrongError, NoAnswerError, NotJsonError
from streaming.sources.models import TrackChange
from streaming.stations.models import Station

if TYPE_CHECKING:
    from datetime import datetime

    from streaming.sources.report import TrackReport

SECONDS = 5.0
OK = 200
UNCHANGED = 304
log = structlog.get_logger(__name__)


def reader_for(station: Station) -> Reader | None:
    """Return the reader for a station's kind of source, None when it has no now-playing address."""
    kinds: dict[str, type[Reader]] = {
        Station.SourceKind.AZURACAST: AzuraCastReader,
        Station.SourceKind.ICECAST: IcecastReader,
    }
    kind = kinds.get(station.source_kind)
    return kind(station) if kind and station.metadata_url else None


class Reader(ABC):
    """Reads one station's now-playing address; a subclass knows the vendor."""

    origin: ClassVar[TrackChange.Origin]

    def __init__(self, station: Station) -> None:
        """Take the station as it is now."""
        self.station = station

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that is read."""

    @abstractmethod
    def now(self, body: bytes, *, received: datetime) -> TrackReport | None:
        """Translate an answer, None when nothing plays; raises SourceError."""

    def missed(self, body: bytes, *, received: datetime, after: datetime) -> list[TrackReport]:  # noqa: ARG002
        """Translate the plays in an answer that began later than ``after`` and are over, oldest first."""
        return []

    def upcoming(self, body: bytes, *, received: datetime) -> TrackReport | None:  # noqa: ARG002
        """Translate what an answer says will play next, if it does."""
        return None

    def ask(self, headers: dict[str, str] | None = None) -> http.Answer:
        """Fetch the address; the answer is whole (200) or unchanged (304).

        Raises:
            LongwaveError: the sentence says what to do.

        """
        answer = http.get(self.url, headers={"Accept": "application/json", **(headers or {})}, seconds=SECONDS)
        if answer.status not in {OK, UNCHANGED}:
            raise NoAnswerError(_why_not(self.url, answer))
        return answer


class AzuraCastReader(Reader):
    """Reads ``/api/nowplaying/<short name>``, or the same object as a static file."""

    origin = TrackChange.Origin.POLL

    @property
    def url(self) -> str:
        """The station's now-playing address; made from the server's, if only that is known."""
        name = self.station.shortcode or self.station.slug
        return _with_path(self.station.metadata_url, f"/api/nowplaying/{name}")

    def now(self, body: bytes, *, received: datetime) -> TrackReport | None:
        """Translate the NowPlaying object."""
        return azuracast.now_playing(self._own(body), received=received, base=self.url)

    def upcoming(self, body: bytes, *, received: datetime) -> TrackReport | None:
        """Translate ``playing_next``."""
        return azuracast.upcoming(self._own(body), received=received, base=self.url)

    def missed(self, body: bytes, *, received: datetime, after: datetime) -> list[TrackReport]:
        """Translate its history; one that cannot be read never keeps back what plays now."""
        try:
            return azuracast.missed(self._own(body), received=received, after=after)
        except FieldWrongError as error:
            log.warning("history not read", station=self.station.slug, error=error.detail)
            return []

    def _own(self, body: bytes) -> Any:
        found = _json(body)
        if not isinstance(found, list):
            return found
        # /api/nowplaying answers with every public station of the server.
        name = self.station.shortcode or self.station.slug
        own = [one for one in found if isinstance(one, dict) and azuracast.shortcode(one) == name]
        if not own:
            raise NoAnswerError(f"{self.url} knows no station {name!r}. Put /api/nowplaying/<short name> there.")
        return own[0]


class IcecastReader(Reader):
    """Reads ``/status-json.xsl`` for the mount of the station's sound."""

    origin = TrackChange.Origin.STATUS

    @property
    def url(self) -> str:
        """The status page; made from the server's address, if only that is known."""
        return _with_path(self.station.metadata_url, "/status-json.xsl")

    def now(self, body: bytes, *, received: datetime) -> TrackReport | None:
        """Translate what the station's mount says."""
        mount = icecast.choose(icecast.mounts(body), urlsplit(self.station.audio_url).path)
        return mount.report(received) if mount else None


def _json(body: bytes) -> Any:
    try:
        return storable(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise NotJsonError(f"The answer is no JSON ({error}).") from error


def _with_path(url: str, path: str) -> str:
    parts = urlsplit(url)
    return url if parts.path.strip("/") else urlunsplit(parts._replace(path=path))


def _why_not(url: str, answer: http.Answer) -> str:
    if moved := answer.headers.get("location"):
        return f"{url} answers {answer.status} and sends on to {moved}: enter that address instead."
    remedy = "Check the address and that the station is public." if answer.status in {401, 403, 404} else ""
    return f"{url} answers {answer.status}. {remedy}".rstrip()
