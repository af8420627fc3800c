"""The job that compiles a loop to a profile: ``files["input"]`` is read, ``files["output"]`` becomes the rendition.

With ``files["card"]`` a title is laid over every picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from av import VideoFrame

from catalog.media.inside.job import RefusedError, Teller, run
from catalog.visuals.inside.carding import Card
from catalog.visuals.inside.encoder import Encoder, Profile
from catalog.visuals.inside.fitting import Fitter
from catalog.visuals.inside.joining import JoinMeter, blended_frames, joined
from catalog.visuals.inside.pacing import Pacer, repeats
from catalog.visuals.inside.reading import LONGEST_SECONDS, LoopReader, Picture, too_long
from catalog.visuals.inside.verify import BadRenditionError, verify

# A loop shorter than this is repeated inside its rendition: every file change costs the encoder on air something.
LEAST_SECONDS = 10
# Reading the loop through to see how long it is, and how it joins, against compiling it.
LOOKING = 0.2
UNSTEADY = "The video does not read the same twice: it is damaged. Export it again."


def compile_loop(order: dict[str, Any], files: dict[str, int], teller: Teller) -> dict[str, Any]:
    """Compile, repeat a short loop, verify.

    1. see whether the loop's end has to be blended into its beginning, reading it through if so or if that is unknown;
    2. play it once into the encoder, which tells how many frames one pass has;
    3. play it again as often as needed; a pass that differs in length refuses the file;
    4. read the result back and check it.
    """
    profile = Profile(**order["profile"])
    work = Work(order, files, profile, teller)
    overlap, difference = work.look()
    encoder = Encoder(files["output"], profile)
    once = work.play(encoder, overlap)
    # What a blend takes off does not double a loop that was just long enough.
    for _ in range(repeats(once, profile.frame_rate, LEAST_SECONDS - (1 if overlap else 0)) - 1):
        if work.play(encoder, overlap) != once:
            raise RefusedError(UNSTEADY)
    encoder.finish()
    return {
        "frames": encoder.frames,
        "frames_once": once,
        "join_difference": difference,
        "extradata": _verified(files["output"], profile, encoder.frames).hex(),
    }


class Work:
    """One loop, read as often as it takes, and what is kept from pass to pass."""

    def __init__(self, order: dict[str, Any], files: dict[str, int], profile: Profile, teller: Teller) -> None:
        self._order = order
        self._input = files["input"]
        self._profile = profile
        self._teller = teller
        self._fitter = Fitter(profile.width, profile.height, padded=True)
        size = (profile.width, profile.height)
        self._card = Card(files["card"], order["card"], size) if "card" in files else None
        self._head: list[VideoFrame] = []
        self._length = 0
        self._expected = max(1, int(order["expected_frames"]))
        self._looked = 0.0

    def look(self) -> tuple[int, float | None]:
        """Return how many frames are blended, and how far the loop's end is from its beginning, if that is known."""
        choice, difference = str(self._order["blend"]), self._order["join_difference"]
        if choice == "never" or (choice == "auto" and difference is not None and not self._blended(difference)):
            return 0, difference
        difference = self._read_through()
        return blended_frames(choice, difference, self._length, self._profile.frame_rate), difference

    def play(self, encoder: Encoder, overlap: int) -> int:
        """Encode one pass of the loop and return how many frames it had."""
        before = encoder.frames
        whole = self._expected * repeats(self._expected, self._profile.frame_rate, LEAST_SECONDS)
        with LoopReader(self._input) as reader:
            pictures = self._paced(reader, lambda: self._progress(encoder.frames / whole))
            if overlap:
                pictures = joined(pictures, self._length, overlap, self._head)
            for picture in pictures:
                encoder.add(self._card.over(picture) if self._card else picture)
        frames = encoder.frames - before
        if overlap and frames != self._length - overlap:
            raise RefusedError(UNSTEADY)
        return frames

    def _blended(self, difference: float) -> int:
        return blended_frames("auto", difference, self._expected, self._profile.frame_rate)

    def _read_through(self) -> float:
        pacer, last = Pacer(self._profile.frame_rate), None
        with LoopReader(self._input) as reader:
            meter = JoinMeter(reader.aspect)
            for picture in reader.pictures():
                pacer.shown_until(picture.at)
                meter.offer(picture.frame)
                self._teller.progress(LOOKING * pacer.frames / self._expected)
                last = picture
        if last is None:
            raise RefusedError("The video has no picture that can be read.")
        pacer.shown_until_end(last.until)
        self._length, self._looked = pacer.frames, LOOKING
        return meter.found()

    def _paced(self, reader: LoopReader, done: Callable[[], None]) -> Iterator[VideoFrame]:
        """Yield the loop's pictures fitted, each as often as it is shown."""
        pacer = Pacer(self._profile.frame_rate)
        waiting: Picture | None = None
        for picture in reader.pictures():
            yield from self._shown(waiting, pacer.shown_until(picture.at), reader)
            if pacer.frames > LONGEST_SECONDS * self._profile.frame_rate:
                raise RefusedError(too_long())
            waiting = picture
            done()
        if waiting:
            yield from self._shown(waiting, pacer.shown_until_end(waiting.until), reader)

    def _shown(self, picture: Picture | None, times: int, reader: LoopReader) -> Iterator[VideoFrame]:
        if picture is None or times == 0:
            return
        fitted = self._fitter.fit(picture.frame, reader.aspect)
        for _ in range(times):
            yield fitted

    def _progress(self, part: float) -> None:
        self._teller.progress(self._looked + (1 - self._looked) * part)


def _verified(handle: int, profile: Profile, frames: int) -> bytes:
    try:
        return verify(handle, profile, frames)
    except BadRenditionError as error:
        raise RefusedError(str(error)) from error


if __name__ == "__main__":
    run(compile_loop)
