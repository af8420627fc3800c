"""AAC that goes out as it came: where it joins coded sound of our own, and what must hold of both."""

from __future__ import annotations

from functools import partial

import av
import numpy as np
import pytest

from streaming.playout.coded import Coded, Unpacker
from streaming.playout.samples import samples_of
from streaming.playout.sound import SoundBuffer
from streaming.playout.sound_coding import CODER, SoundEncoder
from streaming.playout.sources.adts import PROVEN, AdtsFrames
from streaming.playout.sources.flow import Flow, FormLostError
from streaming.playout.units import AUDIO_FRAME, SampleIndex
from tests.streaming.playout.radios import FORMS, RATE, Form, encoded
from tests.streaming.playout.soundlab import frame_of

STEREO = Form("aac", "adts", RATE, "stereo", 440.0)


class Bytes:
    """A connection that gives what it was given, in pieces."""

    def __init__(self, data, piece=700):
        self.data, self.piece = data, piece

    def read(self, _size=-1):
        part, self.data = self.data[: self.piece], self.data[self.piece :]
        return part


def frames_of(data, rate=RATE, channels=2):
    """Cut a stream into frames; each is decoded, as long as it is not proven."""
    frames = AdtsFrames(Flow(Bytes(data)), rate, channels)
    while (frame := frames.read()) is not None:
        if not frame.fits:
            list(frames.decode(frame))
        yield frame


def coded_tone(seconds=3.0, **more):
    """A tone's frames as they would be passed on."""
    return [frame.coded for frame in frames_of(encoded(STEREO, seconds=seconds, **more))]


def decoded(units, config):
    """The first channel of what a player makes of units."""
    context = av.CodecContext.create("aac", "r")
    context.extradata = config
    return np.concatenate([frame.to_ndarray()[0] for unit in units for frame in context.decode(av.Packet(unit.data))])


def test_only_what_has_the_outputs_form_is_passed_on_and_only_once_a_decoder_found_nothing_else_in_it():
    fits = [frame.fits for frame in frames_of(encoded(STEREO, seconds=1))]
    assert fits == [False] * PROVEN + [True] * (len(fits) - PROVEN)
    assert not any(frame.fits for frame in frames_of(encoded(FORMS["aac"], seconds=1)))  # mono
    assert not any(frame.fits for frame in frames_of(encoded(FORMS["slow aac"], seconds=1)))  # as HE-AAC's core
    assert not any(frame.fits for frame in frames_of(encoded(STEREO, seconds=1), rate=44_100))


def test_aac_that_a_decoder_makes_more_of_than_its_headers_say_is_never_passed_on(monkeypatch):
    """HE-AAC: the decoder gives twice the rate."""
    frames = AdtsFrames(Flow(Bytes(encoded(STEREO, seconds=1))), RATE, 2)

    class Doubling:
        def __init__(self, inner):
            self.inner = inner

        def decode(self, packet):
            found = self.inner.decode(packet)
            for frame in found:
                frame.sample_rate = 2 * RATE
            return found

    monkeypatch.setattr(frames, "_context", Doubling(frames._context))
    fits = []
    while (frame := frames.read()) is not None:
        fits.append(frame.fits)
        list(frames.decode(frame))
    assert len(fits) > 2 * PROVEN
    assert not any(fits)


def test_what_arrives_is_cut_where_frames_begin_and_something_else_is_noticed():
    data = encoded(STEREO, seconds=1)
    assert b"".join(frame.whole for frame in frames_of(data)) == data
    frames = AdtsFrames(Flow(Bytes(data[:5000] + b"\x00" * 400 + data[5000:])), RATE, 2)
    with pytest.raises(FormLostError):
        list(iter(frames.read, None))


def test_a_frames_samples_are_those_a_decoder_that_heard_everything_would_give():
    coded = coded_tone()
    whole = decoded([type("Unit", (), {"data": c.data})() for c in coded], SoundEncoder(RATE, 2, 128_000).config)
    unpacker = Unpacker(RATE, 2)
    for place in (40, 41, 90, 20):
        samples = samples_of(unpacker.samples_of(coded[place]))[0]
        assert np.allclose(samples, whole[place * AUDIO_FRAME : (place + 1) * AUDIO_FRAME], atol=1e-5)


def test_a_damaged_frame_is_silence():
    assert not samples_of(Unpacker(RATE, 2).samples_of(Coded(b"\xff" * 40, b"")))[0].any()


def passed_in_the_middle(coded):
    """Encode a tone whose frames 40 to 79 are passed through; returns the units, the encoder and what unpacked them."""
    unpacker, encoder, units = Unpacker(RATE, 2), SoundEncoder(RATE, 2, 128_000), []
    for place, frame in enumerate(coded):
        units += encoder.encode(frame if 40 <= place < 80 else unpacker.samples_of(frame))
    return units, encoder, unpacker


def test_coded_frames_go_out_as_they_came_and_in_their_place_among_our_own():
    coded = coded_tone()
    units, _, _ = passed_in_the_middle(coded)
    by_time = {unit.pts: unit.data for unit in units}
    assert sorted(by_time) == [(n - 1) * AUDIO_FRAME for n in range(len(coded) - 1)]
    for place in range(len(coded) - 2):
        assert (by_time[place * AUDIO_FRAME] == coded[place].data) == (40 <= place < 80)


def test_where_both_meet_the_sound_goes_on():
    """A tone: neither a gap nor a click at the joints, and at most one frame that is a little off."""
    coded = coded_tone()
    units, encoder, unpacker = passed_in_the_middle(coded)
    heard = decoded(units, encoder.config)[AUDIO_FRAME:]
    wished = np.concatenate([samples_of(unpacker.samples_of(c))[0] for c in coded])[: heard.size]
    off = np.abs(heard - wished)[4096:-4096].reshape(-1, 256).max(axis=1)
    assert off.max() < 0.15
    assert np.sum(off > 0.02) <= 2 * AUDIO_FRAME // 256


def test_titles_stay_with_the_sample_they_belong_to():
    seconds = [0.0]
    buffer = SoundBuffer(RATE, lambda: seconds[0])
    segment = buffer.begin(live=False)
    heard: list[int] = []
    segment.write(frame_of(np.full(AUDIO_FRAME, 0.5)))
    segment.mark(partial(heard.append))
    segment.pass_on(Coded(b"1", b""))
    segment.pass_on(Coded(b"2", b"1"))
    segment.mark(partial(heard.append))
    segment.write(frame_of(np.full(AUDIO_FRAME, 0.5)))
    kinds = [type(buffer.read(SampleIndex(n * AUDIO_FRAME))).__name__ for n in range(5)]
    assert kinds == ["AudioFrame", "Coded", "Coded", "AudioFrame", "NoneType"]
    assert heard == [AUDIO_FRAME, 3 * AUDIO_FRAME]


def test_less_than_a_frame_before_coded_sound_is_given_up_and_the_level_stays_true():
    buffer = SoundBuffer(RATE, lambda: 0.0)
    segment = buffer.begin(live=False)
    segment.write(frame_of(np.full(AUDIO_FRAME + 300, 0.5)))
    segment.pass_on(Coded(b"1", b""))
    assert segment.level == 2 * AUDIO_FRAME + 300
    assert buffer.read(SampleIndex(0)) is not None
    assert buffer.read(SampleIndex(AUDIO_FRAME)) == Coded(b"1", b"")
    assert segment.level == 0


@pytest.mark.parametrize("kbps", [96, 128, 160])
def test_the_search_that_saves_time_costs_no_quality(kbps):
    """Noise over what hides it (the same band's sound less 14 dB), against FFmpeg's default search."""
    noise = {coder: _noise(coder, kbps) for coder in (CODER, "twoloop")}
    assert noise[CODER] <= noise["twoloop"] + 0.5


def _noise(coder, kbps):
    random = np.random.default_rng(3)
    time = np.arange(4 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * h * time) / (1 + h / 900) for h in (110, 220, 277.2, 329.6, 660, 1320, 2770, 5540))
    sound = 0.1 * chord * (0.4 + np.exp(-(time % 0.5) * 6)) + random.normal(0, 0.01, time.size)
    encoder = SoundEncoder(RATE, 2, kbps * 1000)
    if coder != CODER:
        encoder._context = _context(coder, kbps, encoder)
    units = []
    for place in range(0, sound.size, AUDIO_FRAME):
        units += encoder.encode(frame_of(np.resize(sound[place : place + AUDIO_FRAME], AUDIO_FRAME)))
    heard = decoded(units, encoder.config)[AUDIO_FRAME:]
    size = min(heard.size, sound.size) // 2048 * 2048
    window = np.hanning(2048)
    original, left = (
        np.abs(np.fft.rfft(part[:size].reshape(-1, 2048) * window))[:, 4:680].reshape(size // 2048, -1, 26)
        for part in (sound, sound - np.pad(heard, (0, max(0, sound.size - heard.size)))[: sound.size])
    )
    ratio = (left**2).sum(axis=2) / ((original**2).sum(axis=2) / 25 + 1e-6)
    return float(np.mean(10 * np.log10(ratio[2:-2] + 1e-9)))


def _context(coder, kbps, encoder):
    context = av.CodecContext.create("aac", "w")
    context.sample_rate, context.layout, context.format = RATE, "stereo", "fltp"
    context.bit_rate, context.options = kbps * 1000, {"aac_coder": coder}
    context.time_base = encoder._time_base
    context.open()
    return context
