"""Keeps a station's look on air: starts the process, has it take over, goes back to the plain loop, tries again."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from av.audio.frame import AudioFrame

from streaming.playout import horizon, livewire
from streaming.playout.backoff import Backoff
from streaming.playout.errors import LiveError, PictureError
from streaming.playout.livefeed import LiveFeed
from streaming.playout.livefeed_process import LiveProcess
from streaming.playout.livefeed_screen import LiveScreen
from streaming.playout.livewire import Kind
from streaming.playout.picture import Feed, open_feed
from streaming.playout.spec import LOOP, LookSpec, Spec
from streaming.playout.units import AUDIO_FRAME, SampleIndex

log = logging.getLogger(__name__)
DRAWN_AHEAD = 1.4
"""Seconds by which a picture is drawn before it goes out; coding it takes up to half a second of pictures more."""

BEGIN_AHEAD = 1.1
START_LIMIT = 20.0
BEGIN_LIMIT = 4.0
LEAVE_LIMIT = 8.0
TRIES = 5
BYTES = 4
STEADY = 60.0
"""Seconds after which a look that is on air counts as sound again."""


class Look:
    """Any thread may :meth:`want`; the clock's thread calls :meth:`heard`. The rest happens in a thread of its own."""

    def __init__(
        self,
        screen: LiveScreen,
        order: dict[str, Any] | None,
        sample_rate: int,
        complain: Callable[[str], None],
    ) -> None:
        """``order`` is what never changes of a process's order; None: this station codes nothing itself."""
        self._screen = screen
        self._order = order
        self._rate = sample_rate
        self._complain = complain
        self._news = threading.Condition()
        self._wish = self._told = LOOP
        self._closed = False
        self._thread: threading.Thread | None = None
        self._process: LiveProcess | None = None
        self._settled: deque[tuple[SampleIndex, AudioFrame | None]] = deque(maxlen=round(3 * sample_rate / AUDIO_FRAME))
        self._unsent: deque[tuple[SampleIndex, AudioFrame | None]] = deque()
        self._feeding = threading.Lock()
        self._backoff = Backoff(first=2.0, most=300.0)
        screen.watching.append(self._wake)

    @property
    def now(self) -> str:
        """The look on air."""
        return self._told.kind if isinstance(self._screen.standing[0], LiveFeed) else LOOP.kind

    def want(self, wish: LookSpec) -> None:
        """Have this look from now on."""
        with self._news:
            self._wish = wish
            if self._thread is None and wish != LOOP:
                self._thread = threading.Thread(target=self._run, name="look", daemon=True)
                self._thread.start()
            self._news.notify_all()

    def close(self) -> None:
        """End the process and the thread."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join()

    def heard(self, sample: SampleIndex, frame: AudioFrame | None) -> None:
        """Take settled sound; the process gets it :data:`DRAWN_AHEAD` before it goes out."""
        self._settled.append((sample, frame))
        with self._feeding:
            if self._process is not None:
                self._unsent.append((sample, frame))
                self._feed(self._process, sample)

    def _feed(self, process: LiveProcess, settled: int) -> None:
        limit = settled - (horizon.SECONDS - DRAWN_AHEAD) * self._rate
        while self._unsent and self._unsent[0][0] <= limit:
            sample, frame = self._unsent.popleft()
            process.say(livewire.pack_sound(sample, _planes(frame)))

    def _begin_feeding(self, process: LiveProcess) -> None:
        """Give the process the sound that is settled already, then all that comes."""
        with self._feeding:
            self._unsent = deque(self._settled)
            self._process = process
            if self._settled:
                self._feed(process, self._settled[-1][0])

    # The look's own thread.

    def _run(self) -> None:
        while self._wait(lambda: self._wish != LOOP):
            wish = self._wish
            try:
                self._live()
            except (LiveError, PictureError) as error:
                self._try_later(wish, str(error))
            except Exception:
                log.exception("The look failed")
                self._try_later(wish, "Drawing it met an error of our own, which the log has.")

    def _try_later(self, wish: LookSpec, sentence: str) -> None:
        pause = self._backoff.fail()
        self._complain(f"{sentence} The loop is on air without the {wish.kind}; next try in {pause:.0f} s.")
        self._wait(lambda: self._wish != wish, pause)

    def _live(self) -> None:
        """Have the look on air until it is not wanted any more, or something else is on the picture.

        Raises:
            LiveError: it cannot be, or not any longer; the plain loop is on air again.

        """
        if self._order is None:
            raise LiveError("This station's coding is not known, so nothing can be drawn on its picture.")
        self._wait(lambda: self._wish == LOOP or isinstance(self._screen.standing[0], Feed))
        wish = self._wish
        if self._closed or wish == LOOP:
            return
        self._told = wish
        process = LiveProcess({**self._order, **asdict(wish)}, self._wake)
        try:
            self._wait(lambda: process.config or process.problem, START_LIMIT)
            if process.config != self._screen.shape.config:
                raise LiveError(process.problem or "It would be coded with other parameter sets than those on air.")
            self._begin_feeding(process)
            live = self._put_on(process)
            if live is not None:
                self._stay(process, live)
        finally:
            with self._feeding:
                self._process = None
            process.end()

    def _put_on(self, process: LiveProcess) -> LiveFeed | None:
        """Have the picture on air taken over; None if it is not wanted any more, or something else is on.

        Raises:
            LiveError: it could not be done within a few tries.

        """
        for _ in range(TRIES):
            leaving, base, frame = self._screen.standing
            if self._closed or self._wish == LOOP or not isinstance(leaving, Feed):
                return None
            live = self._begin(process, leaving, base, frame)
            if self._taken_over(process, live):
                return live
            live.close()
            if process.problem:
                raise LiveError(process.problem)
        raise LiveError("The look did not get ready in time.")

    def _begin(self, process: LiveProcess, leaving: Feed, base: int, frame: int) -> LiveFeed:
        """Have the process draw from a frame a little ahead on; never within a transition, which it does not know."""
        shape = self._screen.shape
        live = LiveFeed(leaving.spec, process.config, leaving, shape.frame_rate, process.say, self._wake)
        live.plain = open_feed(leaving.spec, shape)
        first = max(frame + round(BEGIN_AHEAD * shape.frame_rate), base + leaving.seam_frames)
        at = (first - base) % leaving.frames
        process.begin(live, path=str(leaving.spec.path), frame=first, at=at, length=leaving.frames)
        return live

    def _taken_over(self, process: LiveProcess, live: LiveFeed) -> bool:
        self._wait(lambda: process.feed is live or process.problem, BEGIN_LIMIT)
        if process.feed is live:
            self._screen.offer(live)
            self._wait(lambda: live.closed or self._is_on(live), BEGIN_LIMIT)
        return self._is_on(live)

    def _stay(self, process: LiveProcess, live: LiveFeed) -> None:
        """Look after the look on air, until it is off: by our wish, by another picture's, or because it failed.

        Raises:
            LiveError: it failed; the plain loop is on air again.

        """
        while not self._closed:
            calm = not self._wait_for_news(live)
            if live.closed:
                if live.failed and not self._closed:
                    raise LiveError(process.problem or "Coding it live fell behind: this machine has no time for it.")
                return
            if self._wish == LOOP:
                self._see_off(process, live)
                return
            if self._wish != self._told:
                self._told = self._wish
                process.say(livewire.say(Kind.LOOK, **asdict(self._told)))
            elif live.plain is None:
                live.plain = open_feed(live.spec, self._screen.shape)
            elif calm:
                self._backoff.succeed()

    def _see_off(self, process: LiveProcess, live: LiveFeed) -> None:
        """Have the band fade and the rendition go on from its next keyframe; from its beginning if that fails."""
        process.say(livewire.say(Kind.LEAVE))
        self._wait(lambda: process.left or process.problem or live.closed, LEAVE_LIMIT)
        try:
            if process.left and not live.closed:
                frame, place = process.left
                live.finish(frame, open_feed(live.last, self._screen.shape, start=place))
                self._wait(lambda: live.closed, LEAVE_LIMIT)
        except PictureError as error:
            log.warning("The loop begins anew after its look: %s", error)
        live.leave()
        self._wait(lambda: live.closed, LEAVE_LIMIT)

    def _wait_for_news(self, live: LiveFeed) -> bool:
        """Wait until something is to be done for the look on air; False if nothing was for a while."""

        def news() -> bool:
            return live.closed or self._wish != self._told or live.plain is None

        self._wait(news, STEADY)
        return news()

    def _is_on(self, live: LiveFeed) -> bool:
        return self._screen.standing[0] is live

    def _wait(self, true: Callable[[], object], limit: float | None = None) -> bool:
        """Wait until something is true, or closed, or the time is over; False when closed."""
        with self._news:
            self._news.wait_for(lambda: self._closed or true(), limit)
        return not self._closed

    def _wake(self) -> None:
        with self._news:
            self._news.notify_all()


def _planes(frame: AudioFrame | None) -> tuple[bytes, ...]:
    return () if frame is None else tuple(bytes(plane)[: frame.samples * BYTES] for plane in frame.planes)


def standing_order(spec: Spec) -> dict[str, Any] | None:
    """Return what never changes of the order to a process; None where the profile's coding is not known."""
    if spec.profile is None:
        return None
    return {"profile": spec.profile, "sample_rate": spec.sample_rate, "channels": spec.channels}
