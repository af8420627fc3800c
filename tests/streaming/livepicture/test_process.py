"""The process that codes live pictures, spoken to as an engine does."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import av
import numpy as np
import pytest

from catalog.visuals.inside.verify import Step, check_steps
from streaming.playout import livewire
from streaming.playout.livewire import Kind
from tests.streaming.playout.compiled import PROFILE, compile_colours

RATE = 48_000


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    return compile_colours(tmp_path_factory.mktemp("compiled"))


class Drawing:
    """One life of the process; sound is sent as silence."""

    def __init__(self, **order):
        self.child = subprocess.Popen(
            [sys.executable, "-m", "streaming.livepicture"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.heard = 0
        self.frames = []
        words = {"profile": dataclasses.asdict(PROFILE), "sample_rate": RATE, "channels": 2}
        self.say(Kind.ORDER, **{**words, "kind": "spectrum", "accent": "#f2a33a", "place": "bottom", **order})
        self.config = self.wait(Kind.READY).body

    def say(self, kind, /, **words):
        self.child.stdin.write(livewire.say(kind, **words))
        self.child.stdin.flush()

    def play(self, frames):
        """Send sound until so many frames of the output can have been drawn."""
        while self.heard < (frames + 2) * RATE // 30:
            self.child.stdin.write(livewire.pack_sound(self.heard, ()))
            self.heard += 1024
        self.child.stdin.flush()

    def messages(self):
        assert self.child.stdout
        while (message := livewire.read(self.child.stdout)) is not None:
            yield message

    def wait(self, kind):
        for message in self.messages():
            if message.kind is kind:
                return message
            if message.kind is Kind.FRAME:
                self.frames.append(livewire.unpack_frame(message.body))
        raise AssertionError(f"It ended without saying {kind.name}.")

    def finish(self):
        """Close the input and return every frame that came."""
        self.child.stdin.close()
        for message in self.messages():
            if message.kind is Kind.FRAME:
                self.frames.append(livewire.unpack_frame(message.body))
        assert self.child.wait(10) == 0
        return self.frames


@pytest.fixture
def drawing():
    one = Drawing()
    yield one
    one.child.kill()
    one.child.wait()


def _reds(config, frames):
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = config
    shown = []
    for offset, _, data in frames:
        packet = av.Packet(data)
        packet.pts = offset
        shown += decoder.decode(packet)
    shown += decoder.decode(None)
    return [float(frame.to_ndarray(format="rgb24")[40:90, :, 0].mean()) for frame in shown]


def test_it_begins_where_the_rendition_may_be_left_and_goes_on_with_its_pictures(drawing, compiled):
    drawing.say(Kind.BEGIN, path=str(compiled["red"][1]), frame=500, at=37, length=301)
    drawing.heard = 499 * RATE // 30 // 1024 * 1024
    begun = drawing.wait(Kind.BEGUN).words
    assert begun["frame"] - 500 == begun["leave_at"] - 37 <= 2
    drawing.play(570)
    frames = drawing.finish()
    assert frames[0][:2] == (0, True)
    with av.open(str(compiled["red"][1])) as container:
        bars = [frame.to_ndarray()[:20].mean(axis=0) for frame in container.decode(video=0)]
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = drawing.config
    first = next(shown for _, _, data in frames for shown in decoder.decode(av.Packet(data)))
    difference = [np.abs(first.to_ndarray()[:20].mean(axis=0) - bar).mean() for bar in bars[:60]]
    assert int(np.argmin(difference)) == begun["leave_at"]


def test_every_gop_is_closed_and_of_the_profiles_length(drawing, compiled):
    drawing.say(Kind.BEGIN, path=str(compiled["green"][1]), frame=0, at=0, length=348)
    drawing.play(200)
    frames = drawing.finish()
    steps = [Step(offset, place - 2, key) for place, (offset, key, _) in enumerate(frames)]
    complete = len(frames) - len(frames) % PROFILE.gop_frames
    assert complete >= 2 * PROFILE.gop_frames
    check_steps(steps[:complete], complete, PROFILE.gop_frames)


def test_pictures_cross_fade_at_their_frame_and_what_was_said_last_holds(drawing, compiled):
    blue, green = str(compiled["blue"][1]), str(compiled["green"][1])
    drawing.say(Kind.BEGIN, path=str(compiled["red"][1]), frame=0, at=0, length=301)
    drawing.say(Kind.PICTURES, coming=[{"number": 0, "path": green, "length": 348, "frame": 40, "mix": 0}])
    drawing.say(Kind.PICTURES, coming=[{"number": 1, "path": blue, "length": 395, "frame": 50, "mix": 20}])
    drawing.play(120)
    assert drawing.wait(Kind.SHOWN).words == {"number": 1, "frame": 50, "error": ""}
    reds = _reds(drawing.config, drawing.finish())
    assert min(reds[:50]) > 170
    assert max(reds[71:]) < 40
    assert np.diff(reds[48:71]).max() < 3, "the fade only ever goes one way"


def test_it_leaves_at_a_keyframe_of_the_rendition_with_every_frame_before_it(drawing, compiled):
    drawing.say(Kind.BEGIN, path=str(compiled["red"][1]), frame=0, at=37, length=301)
    drawing.play(40)
    drawing.say(Kind.LEAVE)
    drawing.play(200)
    left = drawing.wait(Kind.LEFT).words
    assert left["place"] % PROFILE.gop_frames == 0
    begun = 37 if left["frame"] % 60 == 60 - 37 else left["place"] - left["frame"]
    assert left["place"] == begun + left["frame"]
    frames = drawing.finish()
    assert sorted(offset for offset, _, _ in frames) == list(range(left["frame"]))


def test_a_picture_that_cannot_be_read_is_told_and_the_one_there_stays(drawing, compiled):
    drawing.say(Kind.BEGIN, path=str(compiled["red"][1]), frame=0, at=0, length=301)
    drawing.say(Kind.PICTURES, coming=[{"number": 7, "path": "/nowhere.mp4", "length": 9, "frame": None, "mix": 30}])
    drawing.play(60)
    shown = drawing.wait(Kind.SHOWN).words
    assert shown["number"] == 7
    assert "cannot be read" in shown["error"]
    assert min(_reds(drawing.config, drawing.finish())) > 170


def test_a_rendition_that_cannot_be_begun_ends_it_with_a_sentence(drawing):
    drawing.say(Kind.BEGIN, path="/nowhere.mp4", frame=0, at=0, length=301)
    assert "cannot be read" in drawing.wait(Kind.TROUBLE).words["message"]
    assert drawing.child.wait(5) != 0
