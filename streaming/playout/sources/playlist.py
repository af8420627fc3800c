"""Sound from our own files: gapless, in order or shuffled, for ever."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError

from streaming.playout.errors import SourceError
from streaming.playout.sound import Segment, SoundBuffer
from streaming.playout.sources.base import Source
from streaming.playout.sources.decode import CODECS, Resampler, decode, sentence
from streaming.playout.units import SampleIndex

if TYPE_CHECKING:
    from streaming.playout.spec import Entry, PlaylistSpec

WHITELIST = "mp3,aac,ogg,flac,mov,wav,matroska"


class Order:
    """Which entry is next: in order, or shuffled so that nothing repeats before all were played."""

    def __init__(self, spec: PlaylistSpec) -> None:
        """Start at the beginning."""
        self._waiting: list[Entry] = []
        self._last: str | None = None
        self.spec = spec

    def replace(self, spec: PlaylistSpec) -> None:
        """Go on with changed entries after the one that plays."""
        self.spec = spec
        self._waiting = []

    def next(self) -> Entry:
        """Return the next entry."""
        if not self._waiting:
            self._waiting = self._round()
        entry = self._waiting.pop(0)
        self._last = entry.id
        return entry

    def _round(self) -> list[Entry]:
        entries = list(self.spec.entries)
        if self.spec.shuffle:
            random.shuffle(entries)
            if len(entries) > 1 and entries[0].id == self._last:
                entries.append(entries.pop(0))
            return entries
        places = [place for place, entry in enumerate(entries) if entry.id == self._last]
        return entries[places[0] + 1 :] or entries if places else entries


class PlaylistSource(Source):
    """Decodes one file after the other into one continuous run of samples."""

    def __init__(
        self,
        spec: PlaylistSpec,
        buffer: SoundBuffer,
        changed: Callable[[bool, str], None],
        moved: Callable[[Entry, SampleIndex | None], None],
        output: tuple[int, int],
    ) -> None:
        """``moved(entry, at)`` is called when an entry is near (at None), then with the sample where it is heard."""
        super().__init__(buffer, changed)
        self._order = Order(spec)
        self._moved = moved
        self._output = output
        self._segment: Segment | None = None

    def replace(self, spec: PlaylistSpec) -> None:
        """Take changed entries without touching the track that plays."""
        self._order.replace(spec)

    def play(self) -> None:
        """Play entries until stopped; a file that cannot be played is passed over."""
        resampler = Resampler(*self._output)
        segment = self._segment = self._segment or self.buffer.begin(live=False)
        failures = 0
        while not self.stopping:
            entry = self._order.next()
            try:
                self._play_entry(entry, segment, resampler)
                failures = 0
            except (FFmpegError, OSError, SourceError) as error:
                failures += 1
                words = sentence(error) if isinstance(error, FFmpegError) else str(error).rstrip(".")
                self.went_down(f"The track {entry.path.name} cannot be played: {words}.")
                if failures >= len(self._order.spec.entries):
                    raise SourceError("No track of the playlist can be played.") from error

    def _play_entry(self, entry: Entry, segment: Segment, resampler: Resampler) -> None:
        options = {"protocol_whitelist": "file", "format_whitelist": WHITELIST, "codec_whitelist": CODECS}
        marked = False
        with av.open(f"file:{entry.path}", "r", options=options) as container:
            for frame in decode(container):
                if not self.buffer.wait_for_room(lambda: self.stopping):
                    return
                if not marked:
                    marked = True
                    self._moved(entry, None)
                    segment.mark(lambda at: self._moved(entry, at))
                for part in resampler.convert(frame):
                    segment.write(part)
                self.came_up()
        for part in resampler.flush():
            segment.write(part)
