"""The job that compiles a loop to a profile: ``files["input"]`` is read, ``files["output"]`` becomes the rendition."""

from __future__ import annotations

from typing import Any

from av import VideoFrame

from catalog.media.inside.job import RefusedError, Teller, run
from catalog.visuals.inside.encoder import Encoder, Profile
from catalog.visuals.inside.fitting import Fitter
from catalog.visuals.inside.pacing import Pacer, repeats
from catalog.visuals.inside.reading import LONGEST_SECONDS, LoopReader, too_long
from catalog.visuals.inside.verify import BadRenditionError, verify

# A loop shorter than this is repeated inside its rendition: every file change costs the encoder on air something.
LEAST_SECONDS = 10


def compile_loop(order: dict[str, Any], files: dict[str, int], teller: Teller) -> dict[str, Any]:
    """Compile, repeat a short loop, verify.

    1. play the loop once into the encoder, which tells how many frames one pass has;
    2. play it again as often as needed; a pass that differs in length refuses the file;
    3. read the result back and check it.
    """
    profile = Profile(**order["profile"])
    encoder = Encoder(files["output"], profile)
    fitter = Fitter(profile.width, profile.height, padded=True)
    expected = max(1, int(order["expected_frames"]))
    whole = expected * repeats(expected, profile.frame_rate, LEAST_SECONDS)
    once = _play(files["input"], encoder, fitter, profile, lambda: teller.progress(encoder.frames / whole))
    passes = repeats(once, profile.frame_rate, LEAST_SECONDS)
    for _ in range(passes - 1):
        again = _play(files["input"], encoder, fitter, profile, lambda: teller.progress(encoder.frames / whole))
        if again != once:
            raise RefusedError("The video does not read the same twice: it is damaged. Export it again.")
    encoder.finish()
    extradata = _verified(files["output"], profile, encoder.frames)
    return {"frames": encoder.frames, "frames_once": once, "extradata": extradata.hex()}


def _play(handle: int, encoder: Encoder, fitter: Fitter, profile: Profile, done: Any) -> int:
    pacer = Pacer(profile.frame_rate)
    waiting: VideoFrame | None = None
    with LoopReader(handle) as reader:
        for picture in reader.pictures():
            _show(waiting, pacer.shown_until(picture.at), encoder, fitter, reader)
            if pacer.frames > LONGEST_SECONDS * profile.frame_rate:
                raise RefusedError(too_long())
            waiting, end = picture.frame, picture.until
            done()
        _show(waiting, pacer.shown_until_end(end), encoder, fitter, reader)
    return pacer.frames


def _show(frame: VideoFrame | None, times: int, encoder: Encoder, fitter: Fitter, reader: LoopReader) -> None:
    if frame is None or times == 0:
        return
    fitted = fitter.fit(frame, reader.aspect)
    for _ in range(times):
        encoder.add(fitted)


def _verified(handle: int, profile: Profile, frames: int) -> bytes:
    try:
        return verify(handle, profile, frames)
    except BadRenditionError as error:
        raise RefusedError(str(error)) from error


if __name__ == "__main__":
    run(compile_loop)
