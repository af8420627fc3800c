"""One life of the process: takes messages as they come, draws every picture whose sound is there, and codes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog.visuals.inside.encoder import Profile
from streaming.livepicture.band import Band, colour, geometry
from streaming.livepicture.coding import LiveEncoder
from streaming.livepicture.pictures import PictureLostError, Pictures, clean_from
from streaming.livepicture.sound import Sound
from streaming.livepicture.spectrum import Bars
from streaming.livepicture.waveform import Line
from streaming.playout import livewire
from streaming.playout.livewire import Kind, Message
from streaming.playout.units import AUDIO_FRAME

AHEAD_SECONDS = 0.035
"""Sound that has to be there beyond the middle of a picture: half of what is listened to at once."""

PAINTERS: dict[str, type[Bars | Line]] = {"spectrum": Bars, "waveform": Line}


@dataclass
class Coming:
    """A picture to go over to: at this frame of the output, or at the next that is drawn if that is past already."""

    number: int
    path: str
    length: int
    frame: int
    mix: int


class Session:
    """What was ordered, and how far it is."""

    def __init__(self, say: Callable[[bytes], None]) -> None:
        """``say`` sends a message to the engine."""
        self._say = say
        self._profile = Profile(0, 0, 0, 0, 0, "")
        self._sound = Sound(1)
        self._channels = 1
        self._encoder: LiveEncoder | None = None
        self._band: Band | None = None
        self._pictures: Pictures | None = None
        self._coming: list[Coming] = []
        self._shown: set[int] = set()
        self._frame = 0
        self._verbs: dict[Kind, Callable[[dict[str, Any]], None]] = {
            Kind.ORDER: self._take_order,
            Kind.BEGIN: self._begin,
            Kind.PICTURES: self._take_pictures,
            Kind.LOOK: self._take_look,
            Kind.LEAVE: self._leave,
        }

    def take(self, message: Message) -> None:
        """Do what a message says, then draw whatever can be drawn.

        Raises:
            PictureLostError: the picture cannot be read any more.
            KeyError: the message is none that an engine sends.

        """
        if message.kind is Kind.SOUND:
            sample, planes = livewire.unpack_sound(message.body)
            self._sound.hear(sample, planes, self._channels, AUDIO_FRAME)
        else:
            self._verbs[message.kind](message.words)
        self._draw_what_is_due()

    def _take_order(self, words: dict[str, Any]) -> None:
        self._profile = Profile(**words["profile"])
        self._channels = int(words["channels"])
        self._sound = Sound(int(words["sample_rate"]))
        self._encoder = LiveEncoder(self._profile)
        self._take_look(words)
        self._say(livewire.pack(Kind.READY, self._encoder.config))

    def _take_look(self, words: dict[str, Any]) -> None:
        profile = self._profile
        place = geometry(profile.width, profile.height, at_top=words["place"] == "top")
        painter = PAINTERS[words["kind"]](
            place,
            colour(words["accent"]),
            self._sound.sample_rate,
            profile.frame_rate,
        )
        self._band = Band(place, painter, profile.frame_rate)

    def _begin(self, words: dict[str, Any]) -> None:
        """Begin where the picture on air can be left, at or soon after the frame that was asked for.

        Said again, it begins anew: with a keyframe, frames counted from 0.
        """
        self._encoder = LiveEncoder(self._profile)
        path, at, length = str(words["path"]), int(words["at"]), int(words["length"])
        leave_at = clean_from(path, at)
        self._frame = int(words["frame"]) + (leave_at - at if leave_at >= at else length - at + leave_at)
        self._pictures = Pictures(path, leave_at, length)
        self._say(livewire.say(Kind.BEGUN, frame=self._frame, leave_at=leave_at))

    def _take_pictures(self, words: dict[str, Any]) -> None:
        """Take all that is to come, instead of what was said before; what was shown already is passed over."""
        self._coming = [
            Coming(int(one["number"]), str(one["path"]), int(one["length"]), int(one["frame"] or 0), int(one["mix"]))
            for one in words["coming"]
            if one["number"] not in self._shown
        ]

    def _leave(self, _: dict[str, Any]) -> None:
        if self._band is not None:
            self._band.leave()

    def _draw_what_is_due(self) -> None:
        rate = self._sound.sample_rate
        while self._pictures is not None:
            middle = (self._frame + 0.5) * rate / self._profile.frame_rate
            if self._sound.until < middle + AHEAD_SECONDS * rate:
                return
            if self._may_end(self._pictures):
                self._end(self._pictures)
                return
            self._draw(self._pictures, middle)

    def _may_end(self, pictures: Pictures) -> bool:
        """Whether the band is gone, and the rendition has a keyframe here from which it can be copied."""
        gone = self._band is not None and self._band.gone
        return gone and not pictures.mixing and pictures.place % self._profile.gop_frames == 0

    def _end(self, pictures: Pictures) -> None:
        """Hand out all that is coded; the next frame is the rendition's own."""
        coded = self._encoder.finish() if self._encoder is not None else []
        for frame in coded:
            self._say(livewire.pack_frame(frame.offset, frame.data, key=frame.key))
        self._say(livewire.say(Kind.LEFT, frame=self._frame, place=pictures.place))
        self._encoder = self._pictures = None

    def _draw(self, pictures: Pictures, middle: float) -> None:
        if self._band is None or self._encoder is None:
            raise KeyError(Kind.ORDER)
        while self._coming and self._coming[0].frame <= self._frame:
            self._go_over(pictures, self._coming.pop(0))
        picture = pictures.next()
        self._band.put_on(picture, self._sound, middle)
        for coded in self._encoder.encode(picture):
            self._say(livewire.pack_frame(coded.offset, coded.data, key=coded.key))
        self._frame += 1

    def _go_over(self, pictures: Pictures, coming: Coming) -> None:
        problem = ""
        self._shown.add(coming.number)
        try:
            pictures.go_over(coming.path, coming.length, coming.mix)
        except PictureLostError as error:
            problem = str(error)
        self._say(livewire.say(Kind.SHOWN, number=coming.number, frame=self._frame, error=problem))
