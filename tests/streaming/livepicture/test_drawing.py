"""The band is drawn from the sound, only where it may be, and changes nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from catalog.visuals.inside.encoder import Profile
from streaming.livepicture.band import Band, colour, geometry
from streaming.livepicture.planes import pixels
from streaming.livepicture.sound import Sound
from streaming.livepicture.spectrum import Analyser, Bars
from streaming.livepicture.waveform import Line
from tests.streaming.livepicture.pictures import grey

RATE = 48_000
HD = Profile(1280, 720, 30, 3000, 60, "3.1")
MIDDLE = RATE


def _sound(wave):
    sound = Sound(RATE)
    samples = np.repeat(np.asarray(wave, np.float32)[None], 2, axis=0)
    sound.hear(0, memoryview(samples.tobytes()), 2, samples.shape[1])
    return sound


def _tone(hertz, level):
    return _sound(level * np.sin(2 * np.pi * hertz * np.arange(2 * RATE) / RATE))


def _drawn(painter, sound, profile=HD, *, at_top=False, times=60, shade=100):
    place = geometry(profile.width, profile.height, at_top=at_top)
    band = Band(place, painter(place, colour("#f2a33a"), RATE, 30), 30)
    for _ in range(times):
        picture = grey(profile, shade)
        band.put_on(picture, sound, MIDDLE)
    return [pixels(plane).astype(int) for plane in picture.planes]


@pytest.mark.parametrize("painter", [Bars, Line])
@pytest.mark.parametrize("at_top", [False, True])
@pytest.mark.parametrize(
    "profile", [HD, Profile(1920, 1080, 30, 4500, 60, "4.0"), Profile(320, 180, 30, 400, 60, "3.1")]
)
def test_only_the_band_is_touched_and_ink_stays_in_the_safe_area(painter, at_top, profile):
    silent = _drawn(painter, _sound(np.zeros(2 * RATE)), profile, at_top=at_top)
    loud = _drawn(painter, _tone(440, 0.9), profile, at_top=at_top)
    moved = np.abs(loud[0] - silent[0]) > 8
    rows, columns = np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))
    safe_x, safe_y = profile.width * 0.045, profile.height * 0.045
    assert columns[0] >= safe_x
    assert columns[-1] < profile.width - safe_x
    near, far = (rows[0], rows[-1]) if at_top else (profile.height - 1 - rows[-1], profile.height - 1 - rows[0])
    assert near >= safe_y
    assert far < profile.height * 0.3
    half = slice(profile.height // 2, None) if at_top else slice(None, profile.height // 2)
    assert np.all(loud[0][half] == 116)


def test_a_louder_tone_makes_higher_bars_and_a_longer_swing():
    def height(painter, level):
        sound = _tone(440, level)
        silent = _drawn(painter, _sound(np.zeros(2 * RATE)), times=20)
        return np.count_nonzero((np.abs(_drawn(painter, sound, times=20)[0] - silent[0]) > 20).any(axis=1))

    for painter in (Bars, Line):
        assert height(painter, 0.5) > height(painter, 0.05) + 8


def test_a_tone_raises_the_bars_at_its_pitch_and_no_others():
    analyser = Analyser(40, RATE, 30)
    for hertz, expected in ((100, 0.14), (1000, 0.54), (8000, 0.90)):
        levels = np.zeros(40)
        for _ in range(60):
            levels = analyser.listen(_tone(hertz, 0.3), MIDDLE)
        assert abs(int(levels.argmax()) / 40 - expected) < 0.05
        assert np.count_nonzero(levels > 0.3) < 16


def test_bars_rise_at_once_and_fall_within_a_second():
    analyser = Analyser(40, RATE, 30)
    assert analyser.listen(_tone(440, 0.5), MIDDLE).max() > 0.5
    silence = _sound(np.zeros(2 * RATE))
    for _ in range(30):
        levels = analyser.listen(silence, MIDDLE)
    assert levels.max() == 0


def test_the_scrim_keeps_light_pictures_neutral():
    _, blue, red = _drawn(Bars, _sound(np.zeros(2 * RATE)), shade=199)
    edge = slice(-18, None)  # under the bars there is nothing but scrim
    assert np.abs(blue[edge] - 128).max() <= 1
    assert np.abs(red[edge] - 128).max() <= 1


def test_sound_that_was_never_heard_is_silence():
    sound = Sound(RATE)
    assert not sound.around(0, 2048).any()
    sound.hear(0, memoryview(np.ones(2 * RATE, np.float32).tobytes()), 2, RATE)
    assert not sound.around(0, 2048)[:1024].any(), "before the first sample"
    assert sound.around(5000, 2048).all()
    sound.hear(RATE, memoryview(b""), 2, 1024)
    assert not sound.around(RATE + 512, 512).any()
