"""T12 to T14: the form of the sound changes, its metadata is garbage, its clock is wrong. Judged by a recording."""

from __future__ import annotations

import numpy as np
import pytest

from tests.fakes.radio import FakeRadio
from tests.faults.recorded import as_source, playing
from tests.streaming.playout.radios import FORMS, RATE, encoded, tone_file

pytestmark = pytest.mark.peers("nginx")

GARBAGE = {
    "4 kB": b"StreamTitle='" + b"A" * 4060 + b"';",
    "quotes": b"StreamTitle='Don't 'stop' \"now\"';",
    "NUL": b"StreamTitle='Ana\x00 - \x01Blue';",
    "right to left": "StreamTitle='\u202eAna\u202c - Blue';".encode(),
    "markup": b"StreamTitle='<script>alert(1)</script>';",
    "no UTF-8": b"StreamTitle='Ana \xff\xfe - \xe9';",
    "no title": b"StreamUrl='http://x';",
    "no field": bytes(range(1, 200)),
}


def _until(player, seconds):
    player.next_statistics(lambda e: e["seconds"] >= seconds, within=40)


@pytest.mark.whole
def test_t12_a_radio_may_change_codec_rate_and_channels_within_one_body(figures, on_air, tmp_path):
    """44.1 kHz stereo MP3, 48 kHz mono AAC, 24 kHz AAC (what HE-AAC is at its core), mono MP3, Opus in Ogg, MP3."""
    order = ["mp3", "aac", "slow aac", "mono mp3", "opus", "mp3"]
    files = {name: tone_file(tmp_path / f"{name}.bin", name, seconds=8.0) for name in order}
    with FakeRadio(files["mp3"]) as radio:
        player, ended = on_air(source=as_source(radio))
        start = playing(player)["seconds"]
        for number, name in enumerate(order[1:], 1):
            _until(player, start + 5 * number)
            radio.play(files[name])
        _until(player, start + 5 * len(order) + 3)
        connections = radio.connections
        heard = ended()
    gaps = [length for _, length in heard.silences(after=start + 2.5)]
    video, audio = heard.gaps_ms
    figures("T12", "five changes on one connection: longest gap of the sound", max(gaps, default=0), "s", at_most=2)
    figures("T12", "AAC configurations a viewer gets", heard.headers, exactly=1)
    figures("T12", "largest step of the picture", video, "ms", at_most=40)
    figures("T12", "largest step of the sound", audio, "ms", at_most=30)
    figures("T12", "steps back and decode errors", heard.backward + heard.errors, exactly=0)
    assert connections == 1
    at = 0.0
    for name in order:
        at = heard.first(FORMS[name].hertz, after=at)


@pytest.mark.whole
def test_t13_garbage_for_metadata_harms_neither_sound_nor_titles(figures, on_air, tmp_path):
    song = tone_file(tmp_path / "song.mp3", seconds=60.0)
    with FakeRadio(song, metaint=2000) as radio:
        player, ended = on_air(source=as_source(radio))
        player.wait_for("title", text="Ana - Blue")
        for number, (_, block) in enumerate(GARBAGE.items()):
            radio.title = block
            _until(player, 4 + 1.2 * number)
        radio.title = "The - End"
        last = player.wait_for("title", text="The - End")
        _until(player, last["media"] + 1)
        heard = ended()
        titles = [event["text"] for event in player.facts("title")]
    jumps = _jumps(heard, last["media"] - 8, last["media"])
    figures("T13", f"{len(GARBAGE)} kinds of garbage: longest title", max(map(len, titles)), "characters", at_most=1024)
    figures("T13", "decode errors", heard.errors, exactly=0)
    figures("T13", "jumps in the sound", jumps, exactly=0)
    assert all(title.isprintable() and len(title) <= 1024 for title in titles)
    assert {"Ana - Blue", "<script>alert(1)</script>", "Don't 'stop' \"now\""} <= set(titles)
    assert heard.silences(after=4.5) == []


@pytest.mark.whole
def test_t13_metadata_that_is_promised_and_never_sent_costs_no_sound_after_a_moment(figures, on_air, tmp_path):
    with FakeRadio(tone_file(tmp_path / "song.mp3", seconds=60.0), metaint=0) as radio:
        radio.headers += b"icy-metaint: 4000\r\n"
        player, ended = on_air(source=as_source(radio))
        _until(player, playing(player)["seconds"] + 8)
        heard = ended()
    jumps = _jumps(heard, heard.seconds - 4, heard.seconds - 0.5)
    figures("T13", "metadata that is promised and never sent: jumps in the sound", jumps, exactly=0)
    assert heard.silences(after=4.5) == []


@pytest.mark.whole
@pytest.mark.parametrize(
    ("speed", "seconds"),
    [
        pytest.param(1.05, 30, id="+5%"),
        pytest.param(0.95, 30, id="-5%", marks=pytest.mark.long),
        pytest.param(1.001, 20, id="+0.1%", marks=pytest.mark.long),
        pytest.param(0.999, 20, id="-0.1%", marks=pytest.mark.long),
    ],
)
def test_t14_a_radio_whose_clock_is_wrong_pulls_sound_and_picture_along_together(
    figures, on_air, tmp_path, speed, seconds
):
    """Half a minute at 5 % is 1.5 s of difference: more than the buffer holds, as six hours at 0.1 % would be."""
    with FakeRadio(tone_file(tmp_path / "song.mp3", seconds=90.0), speed=speed) as radio:
        player, ended = on_air(source=as_source(radio))
        first = playing(player)
        levels = []
        while (event := player.next_statistics())["seconds"] < first["seconds"] + seconds:
            levels.append(event["source"]["buffer_ms"])
        heard = ended()
    drift = abs(heard.audio[-1] - heard.video[-1])
    jumps = _jumps(heard, 5, heard.seconds - 0.5)
    figures("T14", f"clock at {speed}: skew of sound and picture", heard.skew_ms, "ms", at_most=80)
    figures("T14", f"clock at {speed}: drift at the end", drift, "ms", at_most=80)
    figures("T14", f"clock at {speed}: jumps in the sound", jumps, exactly=0)
    assert max(levels) - min(levels) < 10_000
    assert heard.silences(after=4.5) == []


@pytest.mark.whole
@pytest.mark.parametrize("count", [4, pytest.param(10, marks=pytest.mark.long)])
def test_t14_sound_and_picture_stay_together_over_faults_of_every_kind(figures, on_air, tmp_path, count):
    """Stalls, cuts, changes of form and of clock, one every six seconds: what is lost is lost for both."""
    files = [tone_file(tmp_path / f"{name}.bin", name, seconds=30.0) for name in ("mp3", "aac", "mono mp3")]
    with FakeRadio(files[0], speed=1.02) as radio:
        player, ended = on_air(source=as_source(radio))
        start = playing(player)["seconds"]
        for number in range(count):
            _until(player, start + 6 * number + 2)
            radio.play(files[number % 3])
            radio.stall() if number % 3 == 0 else radio.hang_up()
            _until(player, start + 6 * number + 4)
            radio.resume()
        heard = ended()
    drift = abs(heard.audio[-1] - heard.video[-1])
    figures("T14", f"{count} faults, one every six seconds: drift", drift, "ms", at_most=80)
    figures("T14", f"{count} faults: skew of sound and picture", heard.skew_ms, "ms", at_most=80)
    assert heard.backward == 0
    assert heard.errors == 0


def _jumps(heard, start, end):
    """Count places where a steady tone's phase breaks: samples lost, doubled or damaged.

    A sine obeys x[n+1] + x[n-1] = 2 cos(w) x[n]; what does not is a break. The coder's own noise stays far below.
    """
    part = heard.samples[int(start * RATE) : int(end * RATE)]
    omega = 2 * np.pi * FORMS["mp3"].hertz / RATE
    step = 24  # about a quarter of the wave: a break shows whatever its phase
    residue = np.abs(part[2 * step :] + part[: -2 * step] - 2 * np.cos(omega * step) * part[step:-step])
    broken = residue > 0.35 * np.sqrt(2) * np.sqrt(np.mean(part**2))
    return int(np.sum(np.diff(np.flatnonzero(broken)) > RATE // 10)) + bool(broken.any())


def test_the_tool_that_counts_jumps_sees_one():
    from tests.streaming.playout.radios import Heard

    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    whole, cut = Heard(wave, [], [], 1, 0), Heard(np.delete(wave, slice(9000, 9020)), [], [], 1, 0)
    assert _jumps(whole, 0, 1) == 0
    assert _jumps(cut, 0, 0.99) == 1
    assert len(encoded(FORMS["mp3"], seconds=1)) > 15_000
