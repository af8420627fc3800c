"""What goes out never passes the limit, and evening out brings sound to the target without being heard to."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from streaming.playout.loudness_gain import Leveller
from streaming.playout.mastering import Master
from streaming.playout.spec import NormaliseSpec, SoundSpec
from streaming.playout.units import AUDIO_FRAME
from tests.streaming.playout.material import clipped, music, speech, sweep, true_peak_db
from tests.streaming.playout.radios import tell
from tests.streaming.playout.soundlab import Lab, radio
from tests.streaming.playout.test_loudness import RATE, frames, measured, sine

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext


def through(samples, limit):
    """What a master stage makes of samples; the frame it holds back at the end is left out."""
    master = Master(RATE, 2)
    master.set_limit(limit)
    out = []
    for frame in frames(samples):
        ready, _ = master.push(frame.to_ndarray(), frame)
        out.append(np.zeros((2, AUDIO_FRAME), np.float32) if ready is None else ready.to_ndarray())
    return np.concatenate(out[1:], axis=1), master


@pytest.mark.parametrize("limit", [-1.0, -3.0, None])
@pytest.mark.parametrize(
    "material",
    [lambda: clipped(8), lambda: sweep(8), lambda: speech(8, -6), lambda: sine(3, 4, RATE / 4, np.pi / 4)],
    ids=["clipped music", "sweep", "loud speech", "sine at a quarter of the rate"],
)
def test_nothing_passes_the_limit_not_even_between_samples(material, limit):
    out, master = through(material(), limit)
    peak, allowed = true_peak_db(out), -0.1 if limit is None else limit
    tell(f"limit {allowed:g} dBTP: {peak:.2f} dBTP, told {master.true_peak:.2f}")
    assert peak <= allowed
    assert master.true_peak <= allowed


def test_sound_below_the_limit_is_given_back_sample_for_sample():
    quiet = music(4, -24)
    out, master = through(quiet, -1.0)
    middle = slice(AUDIO_FRAME, out.shape[1] - AUDIO_FRAME)
    assert np.array_equal(out[:, middle], quiet[:, : out.shape[1]][:, middle])
    assert master.taken_db == 0.0


def test_a_decoded_mp3_that_overshoots_full_scale_is_brought_below_it():
    out, _ = through(_through_mp3(clipped(6, 0.0)), None)
    assert true_peak_db(out) <= -0.1


def test_the_limiter_lets_go_again():
    out, master = through(np.concatenate([sine(6, 1), sine(-12, 2)], axis=1), -1.0)
    assert np.abs(out[:, -RATE:]).max() == pytest.approx(10 ** (-12 / 20), rel=1e-3)
    assert master.taken_db == pytest.approx(0, abs=0.01)


def _levelled(samples, lufs=-14.0, peak_db=-1.0, seconds=60):
    """Play samples through a whole mixer with evening out on; returns the lab and the gain per frame."""
    lab = Lab(radio("main"), SoundSpec(normalise=NormaliseSpec(lufs, peak_db)))
    wave, length = samples[0], samples.shape[1] - AUDIO_FRAME
    lab.waves = {"main": lambda place: wave[place % length :][:AUDIO_FRAME]}
    gains = []
    for _ in range(seconds * 10):
        lab.run(0.1)
        gains.append(lab.mixer.loudness()["gain_db"])
    return lab, gains


@pytest.mark.parametrize("level", [-24.0, -6.0])
def test_music_comes_to_the_target_within_one_lu_whatever_it_was(level):
    source = music(48, level)
    lab, gains = _levelled(source)
    settled = lab.samples[30 * RATE :]
    out = measured(np.stack([settled, settled]).astype(np.float32)).integrated
    given = measured(np.stack([source[0], source[0]])).integrated
    peak = true_peak_db(np.stack([settled, settled]))
    tell(f"music at {given:.1f} LUFS: {out:.1f} LUFS, {peak:.2f} dBTP, gain {gains[-1]:+.1f} dB")
    assert out == pytest.approx(-14.0, abs=1.0)
    assert peak <= -1.0


def test_speech_is_not_pumped_in_its_pauses():
    lab, gains = _levelled(speech(44, -26))
    steady = np.array(gains[300:])
    moves = [abs(steady[i + 15] - steady[i]) for i in range(len(steady) - 15)]
    tell(f"speech: gain {steady.mean():+.1f} dB, moves by at most {max(moves):.2f} dB in a pause's length")
    assert max(moves) < 1.0
    assert steady.max() - steady.min() < 1.0
    assert true_peak_db(np.stack([lab.samples[30 * RATE :]] * 2)) <= -1.0


def test_the_gain_stands_still_in_silence():
    leveller = Leveller()
    for _ in range(300):
        leveller.hear(-24.0, -14.0)
    gain = leveller.gain
    for _ in range(600):
        leveller.hear(-75.0, -14.0)
    assert leveller.gain == gain
    assert gain == pytest.approx(10.0, abs=0.5)


def test_the_gain_has_bounds():
    leveller = Leveller()
    for _ in range(2000):
        leveller.hear(-49.0, -14.0)
    assert leveller.gain <= 18.0


def test_each_lane_starts_with_a_gain_of_its_own(tmp_path):
    from tests.streaming.playout.soundlab import backup, tone

    sound = SoundSpec(backups=(backup("spare"),), return_after=2, normalise=NormaliseSpec(-14, -1))
    lab = Lab(radio("main"), sound)
    lab.waves = {"main": tone(440, -24.0), "spare": tone(660, -8.0)}
    lab.run(30)
    high = lab.mixer.loudness()["gain_db"]
    lab.sources["main"].fail("Gone.")
    lab.run(30)
    low = lab.mixer.loudness()["gain_db"]
    lab.sources["main"].flowing = True
    lab.run(6)
    assert lab.lanes() == ["spare", "main"]
    assert high is not None
    assert low is not None
    assert high - low > 10
    assert lab.mixer.loudness()["gain_db"] == pytest.approx(high, abs=0.5)


def _through_mp3(samples):
    encoder = av.CodecContext.create("libmp3lame", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE, "stereo", "fltp", 96_000
    decoder = cast("AudioCodecContext", av.CodecContext.create("mp3float", "r"))
    whole = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
    whole.sample_rate = RATE
    fifo = av.AudioFifo()
    fifo.write(whole)
    out = []
    while frame := fifo.read(1152, partial=True):
        frame.pts = None
        out += [f.to_ndarray() for packet in encoder.encode(frame) for f in decoder.decode(packet)]
    decoded = np.concatenate(out, axis=1)
    assert np.abs(decoded).max() > 1.0, "the material does not overshoot: this test shows nothing"
    return decoded
