"""A presenter on air: from the word that one publishes to the last of the stream.

The presenter's sound is the mixer's top lane. As long as it is heard, the pictures are on the screen over everything
else; where it is left, at the very sample, they are left too. So a presenter who stops, stalls or is thrown out leaves
nothing behind but the station's own sound and loops, which went on underneath.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from streaming.playout import horizon, livewire
from streaming.playout.lane_table import Guest
from streaming.playout.livewire import Kind, Message
from streaming.playout.takeover_picture import GuestPicture, Store
from streaming.playout.takeover_reader import Reader, order_for
from streaming.playout.takeover_sound import GuestSound
from streaming.playout.units import AUDIO_FRAME

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

    from streaming.playout.lanes import Lane
    from streaming.playout.mixer import Mixer
    from streaming.playout.sound import SoundBuffer
    from streaming.playout.sources.base import Source
    from streaming.playout.spec import Spec, TakeoverSpec
    from streaming.playout.takeover_screen import GuestScreen
    from streaming.playout.units import SampleIndex

log = logging.getLogger(__name__)
SHIFTED = 0.01
"""Seconds by which sound may go out beside where its beginning said, before the pictures are aligned anew."""

LEAVING_LIMIT = 5.0
"""Seconds after its end in which a takeover must be off the air."""

UNSEEN_LIMIT = 8.0
"""Seconds of the presenter's sound without the pictures, after which somebody should know."""

TOO_SLOW = (
    "The presenter is heard but not seen: this machine has no time to encode the pictures, or they have no keyframes. "
    "Send the station's own size and rate, with a keyframe every two seconds."
)
NO_CODING = "This station's coding is not known, so a presenter's pictures cannot be made to fit."
Tell = Callable[..., None]


class Takeover:
    """One presenter's stream. The reader's thread brings it, the clock's thread puts it on air."""

    def __init__(
        self,
        spec: TakeoverSpec,
        run: Spec,
        screen: GuestScreen,
        mixer: Mixer,
        tell: Tell,
        complain: Callable[[str], None],
    ) -> None:
        """Prepare; ``tell(state, end, reason, copied)`` hears when it goes on air and when it has ended."""
        self.spec = spec
        self.copied = False
        self._run = run
        self._screen = screen
        self._mixer = mixer
        self._tell = tell
        self._complain = complain
        self._config = screen.wait_for_beginning().config or b""
        self._store = Store()
        self._picture: GuestPicture | None = None
        self._sound: GuestSound | None = None
        self._early: list[tuple[int, memoryview]] = []
        self._lock = threading.Lock()
        self._on_air = self._was_on_air = False
        self._pictures = 0
        self._unseen = 0.0
        self._changed = threading.Condition()
        self._end: tuple[str, str] | None = None
        self._thrown_out = False
        self.over = False
        self._reader: Reader | None = None

    @property
    def on_air(self) -> bool:
        """Whether its pictures are on the screen."""
        return self._on_air

    def start(self) -> None:
        """Have it read, and heard and seen as soon as it is there."""
        order = order_for(self.spec, self._run, self._config)
        if order is None:
            self._ended("unusable", NO_CODING)
            return
        self._mixer.set_takeover(Guest(self.spec.id, self.spec.name, self._make_sound))
        try:
            self._reader = Reader(order, self._said, self._ended)
        except OSError as error:
            self._ended("unusable", f"The reader of the presenter's stream cannot be started: {error}.")

    def stop(self, reason: str) -> None:
        """End it now; what is settled still goes out."""
        if self._reader is not None:
            self._reader.stop()
        with self._changed:
            self._thrown_out = True
            self._changed.notify_all()
        self._ended("stopped", reason)

    # The reader's thread.

    def _said(self, message: Message) -> None:
        if message.kind is Kind.SOUND:
            place, planes = livewire.unpack_sound(message.body)
            with self._lock:
                if self._sound is None:
                    self._early.append((place, planes))
                else:
                    self._sound.add(place, planes)
        elif message.kind is Kind.FRAME:
            place, key, data = livewire.unpack_frame(message.body)
            self._store.add(data, place, key=key)
        elif message.kind is Kind.GUEST:
            self.copied = bool(message.words["copied"])
            if self._was_on_air:
                self._tell("on_air", "", "", self.copied)

    def _ended(self, end: str, reason: str) -> None:
        """Let what came be heard and seen, then say that it is over, in a thread of its own."""
        with self._lock:
            if self._end is not None:
                return
            self._end = (end, reason)
            if self._sound is not None:
                self._sound.finish()
        threading.Thread(target=self._leave, args=(end, reason), name="takeover ends", daemon=True).start()

    def _leave(self, end: str, reason: str) -> None:
        """Wait until sound and pictures have run out, then say that it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._thrown_out or not self._is_heard, LEAVING_LIMIT)
        self._mixer.set_takeover(None)
        with self._changed:
            if not self._changed.wait_for(lambda: not self._pictures, LEAVING_LIMIT):
                log.error("the takeover %s is still on air", self.spec.id)
        self.over = True
        self._tell("ended", end, reason, self.copied)

    # The mixer's threads.

    def _make_sound(self, _lane: Lane, buffer: SoundBuffer) -> Source | None:
        with self._lock:
            if self._end is not None:
                return None
            self._sound = GuestSound(buffer, (self._run.sample_rate, self._run.channels), self._heard)
            for place, planes in self._early:
                self._sound.add(place, planes)
            self._early = []
            return self._sound

    def _heard(self, place: int, at: SampleIndex) -> None:
        """Align the pictures with a piece of sound that has just been settled, if it is heard at all."""
        if not self._is_heard:
            return
        offset = at - place
        picture = self._picture
        if picture is not None and picture.offset is None:
            picture.offset = offset
        elif picture is None or abs(offset - (picture.offset or 0)) > SHIFTED * self._run.sample_rate:
            if picture is not None:
                picture.leave(at)
            self._picture = self._new_picture(offset)

    def settled(self, at: SampleIndex, _frame: AudioFrame | None) -> None:
        """Have the pictures leave where the sound does; called for every frame of sound that is settled."""
        self._watch_for_pictures()
        picture = self._picture
        if picture is None:
            return
        if not self._is_heard:
            picture.leave(at)
            self._picture = None
            with self._changed:
                self._changed.notify_all()
        elif picture.closed and picture.offset is not None:
            # They did not come in time, but the sound goes on: they are back with the next keyframe that does.
            self._picture = self._new_picture(picture.offset)

    def _watch_for_pictures(self) -> None:
        """Complain once when the sound has been on air for long without the pictures."""
        if self._on_air or self._picture is None or self._unseen < 0:
            self._unseen = min(self._unseen, 0.0)
            return
        self._unseen += AUDIO_FRAME / self._run.sample_rate
        if self._unseen > horizon.SECONDS + UNSEEN_LIMIT:
            self._unseen = -1.0
            self._complain(TOO_SLOW)

    @property
    def _is_heard(self) -> bool:
        return self._mixer.lane()["id"] == self.spec.id

    def _new_picture(self, offset: int) -> GuestPicture:
        rates = (self._run.frame_rate, self._run.sample_rate)
        picture = GuestPicture(self._store, self._config, rates, self._moved)
        picture.offset = offset
        self._pictures += 1
        self._screen.host(picture)
        return picture

    def _moved(self, on: bool) -> None:  # noqa: FBT001 - a callback's state
        self._on_air = on
        if on and not self._was_on_air:
            self._was_on_air = True
            self._tell("on_air", "", "", self.copied)
        if not on:
            with self._changed:
                self._pictures -= 1
                self._changed.notify_all()
