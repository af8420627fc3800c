"""A presenter's stream from its first keyframe to its end: sound and pictures with one origin, for the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from catalog.visuals.inside.encoder import Profile
from streaming.ingest.inside import tags
from streaming.ingest.inside.conforming import Conforming, Decoding
from streaming.ingest.inside.copying import Copying, NotAsSentError
from streaming.ingest.inside.errors import UnusableError
from streaming.ingest.inside.listening import Listening
from streaming.playout import livewire
from streaming.playout.livewire import Kind
from streaming.playout.outputs.chunks import VIDEO, Message

if TYPE_CHECKING:
    from streaming.ingest.inside.listening import Piece
    from streaming.ingest.inside.tags import Coded
    from streaming.livepicture.coding import LiveFrame

LAG = 0.6
"""Seconds by which sound or picture may lag behind the other before it is filled up: programs send both together."""

PATIENCE_MS = 12_000
"""How long sound may come without a picture, by its own times."""


class Reading:
    """Takes RTMP messages, says what the engine puts on air. Places are frames and samples since the origin."""

    def __init__(
        self,
        profile: Profile,
        config: bytes,
        sound: tuple[int, int],
        say: Callable[[bytes], None],
    ) -> None:
        """``config`` is the station's avcC record, ``sound`` its sample rate and channels."""
        self._profile = profile
        self._config = config
        self._say = say
        self._listening = Listening(*sound)
        self._header: bytes | None = None
        self._decoding: Decoding | None = None
        self._copying: Copying | None = None
        self._conforming: Conforming | None = None
        self._origin: int | None = None
        self._first_sound: int | None = None
        self._shown_ms = 0

    def take(self, message: Message) -> None:
        """Take one message.

        Raises:
            UnusableError: it cannot be played; the sentence says what to change.

        """
        if message.kind == VIDEO:
            picture = tags.video(message.body, message.timestamp)
            if picture is not None:
                self._take_picture(picture)
        else:
            sound = tags.audio(message.body, message.timestamp)
            if sound is not None:
                self._take_sound(sound)
        if self._origin is not None:
            self._keep_together(self._origin)

    def finish(self) -> None:
        """Say what is still held back."""
        if self._conforming is not None:
            self._frames(self._conforming.finish())

    def _take_sound(self, sound: Coded) -> None:
        if self._first_sound is None and not sound.header:
            self._first_sound = sound.dts
        if self._origin is None and self._first_sound is not None and sound.dts - self._first_sound > PATIENCE_MS:
            raise UnusableError(
                "No picture came, or no keyframe. Send picture and sound, with a keyframe every two seconds.",
            )
        self._pieces(self._listening.take(sound))

    def _take_picture(self, picture: Coded) -> None:
        """Take a picture or a decoder's configuration.

        1. A new configuration ends copying and opens another decoder.
        2. The first keyframe is the origin of all places.
        3. A frame is copied while the stream is what the station sends, else decoded and coded anew.
        """
        if picture.header:
            self._configure(picture.data)
            return
        if self._header is None or (self._origin is None and not picture.key):
            return
        if self._origin is None:
            self._begin(picture)
        self._shown_ms = max(self._shown_ms, picture.pts)
        if self._copying is not None:
            try:
                self._frames(self._copying.take(picture, self._seconds(picture.pts)))
            except NotAsSentError:
                self._stop_copying(self._copying)
        else:
            self._decode(picture)

    def _configure(self, header: bytes) -> None:
        if header == self._header:
            return
        self._header = header
        if self._copying is not None:
            self._stop_copying(self._copying)
        self._decoding = None

    def _begin(self, first: Coded) -> None:
        self._origin = self._listening.origin = first.pts
        if self._header == self._config:
            self._copying = Copying(self._profile.frame_rate)
        else:
            self._conforming = Conforming(self._profile, 0)
        self._tell()

    def _stop_copying(self, copying: Copying) -> None:
        """Go on from the last clean frame, coded anew; the frames since the last keyframe are what it is made from."""
        self._copying = None
        self._conforming = Conforming(self._profile, copying.until)
        self._tell()
        self._decoding = Decoding(self._config)
        for picture in copying.since_key:
            self._decode(picture)

    def _decode(self, picture: Coded) -> None:
        if self._decoding is None:
            self._decoding = Decoding(self._header or b"")
        if self._conforming is None:
            return
        for shown in self._decoding.take(picture):
            if shown.pts is not None:
                self._frames(self._conforming.take(shown, self._decoding.aspect, self._seconds(shown.pts)))

    def _keep_together(self, origin: int) -> None:
        """Fill up what lags: silence where no sound comes, the last picture where no picture comes."""
        shown = (self._shown_ms - origin) / 1000
        heard = self._listening.seconds
        self._pieces(self._listening.fill(shown - LAG))
        if heard - shown <= LAG:
            return
        if self._copying is not None and heard - self._copying.until / self._profile.frame_rate > LAG:
            self._stop_copying(self._copying)
        if self._conforming is not None:
            self._frames(self._conforming.fill(heard - LAG))

    def _seconds(self, milliseconds: int) -> float:
        return (milliseconds - (self._origin or 0)) / 1000

    def _frames(self, frames: Iterable[LiveFrame]) -> None:
        for frame in frames:
            self._say(livewire.pack_frame(frame.offset, frame.data, key=frame.key))

    def _pieces(self, pieces: Iterable[Piece]) -> None:
        for at, planes in pieces:
            self._say(livewire.pack_sound(at, planes))

    def _tell(self) -> None:
        if self._conforming is not None and self._conforming.config != self._config:
            raise UnusableError("The station's encoder cannot make pictures that fit what is on air.")
        self._say(livewire.say(Kind.GUEST, copied=self._copying is not None))
