"""Turns the facts of one run into rows; runs inside the transaction of ``services.store_facts``.

One play of a track is one airing, however often its picture is shown anew: after a crash the encoder shows the
last cue again, an operator shows another loop, a rendition becomes ready late. So an ``aired`` fact that belongs
to the play still open at the station (same cue, same track change, or a cue without a change of its own) is
counted as a switch but adds no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from catalog.models import Loop
from catalog.music.track_key import track_key
from catalog.visuals.services import note_aired
from streaming.asrun.facts import Aired, Failed, Presented, Recorded, Stepped, Titled, clean
from streaming.asrun.models import Airing, ErrorEntry
from streaming.asrun.presented import store_presented
from streaming.asrun.recorded import store_recorded
from streaming.asrun.sound_steps import store_step
from streaming.asrun.tally import Tally, is_titled
from streaming.cues.models import Cue
from streaming.cues.services import count_play
from streaming.sources.models import TrackChange
from streaming.sources.naming import names_still_come
from streaming.sources.services import accept_change
from streaming.sources.titles import title_report

if TYPE_CHECKING:
    from datetime import datetime

    from streaming.asrun.facts import Fact
    from streaming.nodes.models import EncoderRun

SERVICE = "playout"
NAME_LIMIT = 256
GRAVE = frozenset({"error", "critical"})


class Recorder:
    """Writes one run's facts."""

    def __init__(self, run: EncoderRun, *, source_answers: bool = False) -> None:
        """``run`` is locked by the caller and has its station loaded."""
        self.run = run
        self.station = run.station
        self.airings = 0
        self.steps = 0
        self._source_answers = source_answers
        self._tally = Tally()

    def record(self, fact: Fact) -> None:
        """Store one fact."""
        if isinstance(fact, Aired):
            self._aired(fact)
        elif isinstance(fact, Titled):
            self._titled(fact)
        elif isinstance(fact, Stepped):
            store_step(self.run, fact)
            self.steps += 1
        elif isinstance(fact, Presented):
            store_presented(self.station, fact)
        elif isinstance(fact, Recorded):
            store_recorded(self.run, fact)
        else:
            self._failed(fact)

    def finish(self) -> None:
        """Add what was counted to the encoder's totals."""
        self._tally.add_to(self.station)

    def _aired(self, fact: Aired) -> None:
        self._tally.note(fact)
        if fact.picture is not None:
            note_aired(rendition=fact.picture, at=fact.at)
        if fact.cue is None:
            if fact.track:
                self._airing(fact, cue=None, change=self._playlist_change(fact))
            return
        cue = Cue.objects.select_related("change").filter(pk=fact.cue, station=self.station).first()
        if not self._goes_on(fact, cue):
            self._airing(fact, cue=cue, change=cue.change if cue else None)

    def _goes_on(self, fact: Aired, cue: Cue | None) -> bool:
        """Tell whether this only shows the play that is open already, or nothing that is known to play."""
        if cue is not None and cue.change_id is None:
            return True
        if cue is None and not fact.track.get("track_key"):
            return True
        same = Q(cue_id=fact.cue)
        if cue is not None:
            same |= Q(change_id=cue.change_id)
        return Airing.objects.filter(same, station=self.station, duration_seconds=None).exists()

    def _airing(self, fact: Aired, *, cue: Cue | None, change: TrackChange | None) -> None:
        """Close the play before and add a row for this one."""
        self._close_before(fact.at)
        names = _names(change, fact.track)
        titled = is_titled(self.station, fact.picture)
        Airing.objects.create(
            station=self.station,
            run=self.run,
            sequence=fact.sequence,
            cue=cue,
            change=change,
            loop_id=cue.loop_id if cue else _loop_id(fact.track),
            started_at=fact.at,
            frame=fact.frame,
            switch_ms=fact.switch_ms if fact.origin == "show" else 0,
            seam=fact.seam,
            titled=titled,
            pid=self.run.pid,
            **names,
        )
        self.airings += 1
        self._tally.note_airing(fact, titled=titled)
        count_play(station=self.station, track_key=names["track_key"], song_id=names["song_id"])

    def _close_before(self, at: datetime) -> None:
        for airing in Airing.objects.filter(station=self.station, duration_seconds=None):
            airing.duration_seconds = max(0, round((at - airing.started_at).total_seconds()))
            airing.save(update_fields=["duration_seconds"])

    def _playlist_change(self, fact: Aired) -> TrackChange:
        """Return the row that says our own playlist moved on; it is cued by having gone out."""
        names = _names(None, fact.track)
        change, _ = TrackChange.objects.get_or_create(
            station=self.station,
            dedupe_key=f"{self.run.pk}:{fact.sequence}",
            defaults={
                **names,
                "origin": TrackChange.Origin.PLAYLIST,
                "started_at": fact.at,
                "cued_at": fact.at,
                "payload": {"track": fact.track},
            },
        )
        return change

    def _titled(self, fact: Titled) -> None:
        report = title_report(fact.text, fact.at)
        if report is None or names_still_come(self.station, at=fact.at, answers=self._source_answers):
            return
        accept_change(station=self.station, report=report, origin=TrackChange.Origin.ICY)

    def _failed(self, fact: Failed) -> None:
        ErrorEntry.objects.create(
            station=self.station,
            run=self.run,
            sequence=fact.sequence,
            timestamp=fact.at,
            service=SERVICE,
            severity=fact.severity,
            message=fact.message,
            context={"about": fact.about, **fact.context},
        )
        if fact.severity in GRAVE:
            Airing.objects.filter(station=self.station, duration_seconds=None, started_at__lte=fact.at).update(
                had_errors=True,
                error_message=fact.message,
            )


def _names(change: TrackChange | None, track: dict[str, Any]) -> dict[str, str]:
    """Return artist, title, album, song_id and track_key: from the change, else from what the cue carried."""
    source: Any = {} if change is None else vars(change)
    given = {name: clean(source.get(name, track.get(name)), NAME_LIMIT) for name in ("artist", "title", "album")}
    song_id = clean(source.get("song_id", track.get("song_id")), 128)
    key = clean(source.get("track_key", track.get("track_key")), 512)
    return {**given, "song_id": song_id, "track_key": key or track_key(given["artist"], given["title"])}


def _loop_id(track: dict[str, Any]) -> Any:
    """Return the id of the loop that a playlist's entry names, if there still is such a loop."""
    loop = track.get("loop")
    return Loop.objects.filter(pk=loop).values_list("pk", flat=True).first() if loop else None
