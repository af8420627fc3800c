"""When the picture of a track has to change: at the instant its sound does. Pure.

A source's *word* says what plays; the sound follows it through encoder, server and our own buffer, seconds later. Of
one station these are known, best first:

* a title in the sound with the word's track: it stands behind the audible change, by no more than the *grain*, the
  sound between two places where a title can stand. So the change lies in that window; where several words and titles
  taught us how far words are ahead, that says where in it, else its middle is taken;
* what earlier words and titles taught: the middle of their last differences;
* the engine's own delay, from the sound's arrival to its going out.

What an operator set by hand stands instead of all of these. An estimate never puts a track before an earlier one; a
title does, and then the earlier one's estimate was wrong.

Instants are wall clock times, seconds since 1970, and as long as the run lasts media times (docs/playout.md).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

GRAIN = 0.5
"""Seconds of sound between two places for a title where the encoder does not say: 16,000 bytes at 256 kbit/s."""

AHEAD = 0.08
"""Seconds by which the radio's encoder and our reading put titles before their place (measured: 0.07 and 0.1)."""

EARLIEST = -20.0
LATEST = 150.0
"""Seconds after a word within which a title may be the one that belongs to it, while nothing is learned; later it has
to stand within 20 seconds of where it is expected."""

STEP = 0.05
"""Seconds by which one track is put after another where their instants do not say so."""

NEAR = 0.5
"""Seconds from the median within which a lesson counts."""

LESSONS = 15
ENOUGH = 3
WORDS_KEPT = 24
TITLES_KEPT = 24


@dataclass(frozen=True)
class MediaClock:
    """One run's two clocks side by side: ``seconds`` of media were out at ``at`` (since 1970)."""

    run: UUID
    seconds: float
    at: float

    def media(self, wall: float) -> float:
        """Return the media time at a wall clock time."""
        return self.seconds + wall - self.at

    def wall(self, media: float) -> float:
        """Return the wall clock time of a media time."""
        return self.at + media - self.seconds


@dataclass(frozen=True)
class Due:
    """An instant: on the wall clock, and exactly in a run's media time where a title told it."""

    wall: float
    media: float | None = None
    run: UUID | None = None

    @property
    def exact(self) -> bool:
        """Whether a title in the sound told it."""
        return self.media is not None

    def at(self, clock: MediaClock | None) -> float | None:
        """Return the instant in the media time of the run that ``clock`` belongs to; None where that is not known."""
        if clock is None:
            return None
        exact = self.media is not None and self.run == clock.run
        return max(0.0, self.media if exact and self.media is not None else clock.media(self.wall))

    def before(self, seconds: float) -> Due:
        """Return the instant so much earlier."""
        return replace(self, wall=self.wall - seconds, media=None if self.media is None else self.media - seconds)


@dataclass(frozen=True)
class Title:
    """A title in the sound: where it stands, and whether a change of sound can be read from it."""

    key: str
    media: float
    wall: float
    run: UUID
    grain: float = GRAIN
    fresh: bool = True
    used: bool = False

    @property
    def middle(self) -> float:
        """Return how far before the title the sound probably changed, seconds."""
        return max(0.0, self.grain / 2 - AHEAD) if self.fresh else 0.0


@dataclass(frozen=True)
class Word:
    """What a source said: a change (its row), its track's key, the instant it means, and what kind of word it is.

    ``from_sound``: the word is itself a title. ``prompt``: it came by itself the moment the source knew, so that
    something can be learned from it.
    """

    change: int
    key: str
    instant: float
    from_sound: bool = False
    prompt: bool = True
    title: Title | None = None


@dataclass
class Timing:
    """One station's words and titles, as the desk hears of them; ``set_ms`` is the operator's, ``taught_ms`` ours."""

    set_ms: int | None = None
    taught_ms: int | None = None
    engine_ms: int = 0
    _words: deque[Word] = field(default_factory=lambda: deque(maxlen=WORDS_KEPT))
    _titles: deque[Title] = field(default_factory=lambda: deque(maxlen=TITLES_KEPT))
    _lessons: deque[float] = field(default_factory=lambda: deque(maxlen=LESSONS))
    _connected: UUID | None = None

    # What is heard.

    def connected(self) -> None:
        """The sound comes anew or from elsewhere: the next title does not stand where sound changes."""
        self._connected = None

    def hear(self, *, key: str, media: float, wall: float, run: UUID, grain: float | None = None) -> None:
        """Take a title; one that says the same again (after a jingle, on a new connection) says nothing."""
        fresh = self._connected == run
        self._connected = run
        last = self._titles[-1] if self._titles else None
        if not key or (last is not None and last.key == key):
            return
        title = Title(key, media, wall, run, grain or GRAIN, fresh)
        word = min((w for w in self._words if self._belong(w, title)), key=lambda w: self._away(w, title), default=None)
        self._titles.append(replace(title, used=word is not None))
        if word is not None:
            self._match(word, title)

    def say(self, word: Word) -> None:
        """Take a word; the same change again changes nothing."""
        if any(known.change == word.change for known in self._words):
            return
        self._words.append(word)
        fitting = (title for title in self._titles if self._belong(word, title))
        title = min(fitting, key=lambda title: self._away(word, title), default=None)
        if title is not None:
            self._titles[self._titles.index(title)] = replace(title, used=True)
            self._match(word, title)

    def forget_lessons(self) -> None:
        """Measure again: what was learned counts no more."""
        self._lessons.clear()
        self.taught_ms = None

    # What follows from it.

    @property
    def delay(self) -> float:
        """Seconds from a word to its sound, where no title tells."""
        known = self.set_ms if self.set_ms is not None else self.taught_ms
        return (self.engine_ms if known is None else known) / 1000

    def dues(self) -> dict[int, Due]:
        """Return the instant of each change that was said lately, in order."""
        words = list(self._words)
        dues = [self._due(word) for word in words]
        for place in range(1, len(dues)):
            if dues[place].media is None and dues[place].wall <= dues[place - 1].wall:
                dues[place] = Due(dues[place - 1].wall + STEP)
        for place in range(len(dues) - 2, -1, -1):
            if dues[place].wall >= dues[place + 1].wall:
                dues[place] = dues[place + 1].before(STEP)
        return {word.change: due for word, due in zip(words, dues, strict=True)}

    def _due(self, word: Word) -> Due:
        title = word.title
        if self.set_ms is not None:
            if title is not None and word.from_sound:
                return Due(title.wall + self.delay, title.media + self.delay, title.run)
            return Due(word.instant + self.delay)
        if title is None:
            return Due(word.instant if word.from_sound else word.instant + self.delay)
        early = title.middle
        if not word.from_sound and word.prompt and len(self._lessons) >= ENOUGH:
            # The window that the title leaves open, and in it what the words have taught.
            early = min(max(title.wall - (word.instant + self.delay), 0.0), title.grain)
        return Due(title.wall - early, title.media - early, title.run)

    def _belong(self, word: Word, title: Title) -> bool:
        if word.title is not None or title.used or word.key != title.key:
            return False
        if word.from_sound:
            return abs(title.wall - word.instant) < 1
        if len(self._lessons) >= ENOUGH:
            return self._away(word, title) <= -EARLIEST
        return EARLIEST <= title.wall - word.instant <= LATEST

    def _away(self, word: Word, title: Title) -> float:
        """Return how far a title is from where the word would have it: the same track may have been said twice."""
        return abs(title.wall - (word.instant if word.from_sound else word.instant + self.delay))

    def _match(self, word: Word, title: Title) -> None:
        self._words[self._words.index(word)] = replace(word, title=title)
        if word.from_sound or not word.prompt or not title.fresh:
            return
        self._lessons.append(title.wall - title.middle - word.instant)
        self.taught_ms = round(_middle(self._lessons) * 1000)


def _middle(lessons: Iterable[float]) -> float:
    """Return what lessons come to: the middle of their spread, those far off left out.

    A title is anywhere within its grain, so the middle of the spread is closer to the truth than the median; words that
    came late, or belong to another play, are out of it.
    """
    known = sorted(lessons)
    usual = median(known)
    near = [lesson for lesson in known if abs(lesson - usual) <= NEAR]
    return (near[0] + near[-1]) / 2


def clock_of(run: UUID | None, statistics: dict[str, Any]) -> MediaClock | None:
    """Return the clock that an encoder's last statistics tell, None before the first."""
    seconds, at = statistics.get("seconds"), statistics.get("at")
    if run is None or not isinstance(seconds, int | float) or not isinstance(at, int | float):
        return None
    return MediaClock(run, float(seconds), float(at))
