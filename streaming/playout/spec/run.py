"""A whole spec: everything one run needs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from streaming.playout.spec.fields import an_object, path, text, whole
from streaming.playout.spec.outputs import OutputSpec, parse_lease, parse_outputs
from streaming.playout.spec.pictures import (
    CUT,
    LOOP,
    CodingSpec,
    Cue,
    LookSpec,
    PictureSpec,
    TransitionSpec,
    optional_picture,
    parse_coding,
    parse_cue,
    parse_look,
    parse_picture,
    parse_transition,
)
from streaming.playout.spec.sources import SoundSpec, SourceSpec, parse_sound, parse_source


@dataclass(frozen=True)
class Spec:
    """Everything one run needs."""

    station: str
    run: str
    folder: Path
    socket: Path | None
    width: int
    height: int
    frame_rate: int
    sample_rate: int
    channels: int
    audio_bitrate: int
    picture: PictureSpec
    fallback: PictureSpec | None
    cue: Cue | None
    source: SourceSpec
    outputs: tuple[OutputSpec, ...]
    coding: CodingSpec | None = None
    transition: TransitionSpec = CUT
    look: LookSpec = LOOP
    sound: SoundSpec = SoundSpec()  # noqa: RUF009 - frozen
    lease: float | None = None
    """Until when it may send, in seconds of the lease's clock; None: for ever."""

    @property
    def profile(self) -> dict[str, Any] | None:
        """The renditions' profile, as every process that codes for this run takes it; None where it is not known."""
        if self.coding is None:
            return None
        size = {"width": self.width, "height": self.height, "frame_rate": self.frame_rate}
        return {**size, **asdict(self.coding)}


def parse_spec(data: object) -> Spec:
    """Check a whole spec.

    Raises:
        SpecError: naming the first field that is missing or wrong.

    """
    top = an_object(data, "spec")
    video = an_object(top.get("video"), "video")
    audio = an_object(top.get("audio"), "audio")
    socket = top.get("socket")
    return Spec(
        station=text(top, "station"),
        run=text(top, "run"),
        folder=path(top, "folder"),
        socket=None if socket is None else path(top, "socket"),
        width=whole(video, "width", "video.", 64, 8192),
        height=whole(video, "height", "video.", 64, 8192),
        frame_rate=whole(video, "frame_rate", "video.", 1, 120),
        sample_rate=whole(audio, "sample_rate", "audio.", 8000, 96000),
        channels=whole(audio, "channels", "audio.", 1, 2),
        audio_bitrate=whole(audio, "bitrate", "audio.", 16000, 512000),
        picture=parse_picture(top.get("picture"), "picture"),
        fallback=optional_picture(top, "fallback", ""),
        cue=None if top.get("cue") is None else parse_cue(top["cue"], "cue"),
        source=parse_source(top.get("source"), "source"),
        outputs=parse_outputs(top.get("outputs"), "outputs"),
        coding=None if top.get("coding") is None else parse_coding(top["coding"], "coding"),
        transition=CUT if top.get("transition") is None else parse_transition(top["transition"], "transition"),
        look=parse_look(top.get("look", "loop"), "look"),
        sound=parse_sound(top.get("sound", {}), "sound"),
        lease=parse_lease(top.get("lease"), "lease"),
    )
