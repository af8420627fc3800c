"""What a look draws is the sound of that very frame, and pictures change underneath it (against a real nginx-rtmp)."""

from __future__ import annotations

import av
import numpy as np
import pytest

from tests.streaming.playout.compiled import CODING
from tests.streaming.playout.recording import read

pytestmark = pytest.mark.peers("nginx")
RATE = 48_000
# No two of them at the same place within a frame.
BURSTS = [1.0 + 0.913 * number for number in range(12)]
LOOKED_AT_FROM = 3500
"""Milliseconds after which the look is on for certain."""

CROSSFADE = {"kind": "crossfade", "ms": 1000}


@pytest.fixture(scope="module")
def bursts(tmp_path_factory):
    """A FLAC of silence with bursts of a chord, 250 ms each."""
    sound = np.zeros(RATE * 13)
    time = np.arange(RATE // 4) / RATE
    chord = sum(0.2 * np.sin(2 * np.pi * hertz * time) for hertz in (220, 277, 1100))
    for start in BURSTS:
        place = int(start * RATE)
        sound[place : place + RATE // 4] = chord
    path = tmp_path_factory.mktemp("bursts") / "bursts.flac"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("flac", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(
            np.repeat((sound * 32767).astype(np.int16), 2).reshape(1, -1), format="s16", layout="stereo"
        )
        frame.sample_rate, frame.pts = RATE, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    return path


@pytest.fixture
def on_air(play, compiled, bursts, nginx_rtmp):
    def start(**more):
        output = {"id": "platform", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}
        source = {"kind": "playlist", "entries": [{"id": "1", "path": str(bursts)}]}
        first = {"id": "red", "path": str(compiled["red"][1])}
        player = play(**{"coding": CODING, "outputs": [output], "source": source, "picture": first, **more})
        player.wait_for("output", id="platform", up=True)
        return player

    return start


def _sound(path):
    """Loudness per millisecond of the recording, by its own timestamps."""
    found = {}
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = np.abs(frame.to_ndarray()).max(axis=0)
            for place in range(0, len(samples) - 47, 48):
                found[round((frame.time or 0) * 1000) + place // 48] = float(samples[place : place + 48].max())
    return found


def _band(path, silent_at):
    """How far the band is from what it is in silence: luma by milliseconds."""
    with av.open(str(path)) as container:
        seen = {(frame.time or 0) * 1000: frame.to_ndarray()[140:166, 16:304] for frame in container.decode(video=0)}
    rest = seen[max(time for time in seen if time < silent_at)].astype(float)
    return {time: float(np.abs(band - rest).mean()) for time, band in seen.items()}


def _onsets(values, rise):
    """Times at which a value rises by ``rise`` over the lowest of the quarter of a second before."""
    times = sorted(values)
    found: list[float] = []
    for time in times:
        before = [values[t] for t in times if time - 250 <= t < time]
        if len(before) > 3 and values[time] > min(before) + rise and not (found and time - found[-1] < 500):
            found.append(time)
    return found


@pytest.mark.whole
@pytest.mark.parametrize("look", ["spectrum", "waveform"])
def test_the_band_moves_in_the_very_frame_in_which_the_sound_does(look, on_air, nginx_rtmp):
    player = on_air(look=look)
    player.next_statistics(lambda e: e["look"] == look)
    player.next_statistics(lambda e: e["seconds"] > 12)
    assert player.stop() == 0
    path = nginx_rtmp.wait_for("record_done", "st").path
    heard = [time for time in _onsets(_sound(path), 0.1) if time > LOOKED_AT_FROM]
    band = _band(path, heard[1] - 60).items()
    seen = _onsets({time: value for time, value in band if heard[0] - 300 < time <= heard[-1] + 40}, 2.0)
    assert len(heard) >= 6
    assert len(seen) == len(heard), (seen, heard)
    # A frame is shown for 33 ms from its time on: it should begin at most that long before what is heard in it.
    late = [frame + 16.7 - sound for frame, sound in zip(seen, heard, strict=True)]
    assert max(map(abs, late)) <= 34, [round(one) for one in late]


@pytest.mark.whole
def test_the_loop_goes_on_under_a_look_as_if_nothing_had_been(on_air, nginx_rtmp):
    player = on_air()
    for look in ("spectrum", "loop", "waveform", "loop"):
        player.send({"do": "look", "look": look})
        player.next_statistics(lambda e, look=look: e["look"] == look)
    last = player.next_statistics()["frame"]
    player.next_statistics(lambda e: e["frame"] > last + 60)
    assert player.stop() == 0
    with av.open(str(nginx_rtmp.wait_for("record_done", "st").path)) as container:
        rows = [frame.to_ndarray()[4:16].mean(axis=0) for frame in container.decode(video=0)]
    seen = np.array([np.argmax(row > 180) for row in rows])
    # The loop's bar moves by four pixels a frame, and begins anew with each pass of 301 frames.
    numbers = np.arange(len(rows))
    agree = [np.mean(np.abs((numbers + start) % 301 * 4 % 320 - seen) <= 3) for start in range(301)]
    assert len(rows) > 200
    assert max(agree) > 0.98


@pytest.mark.whole
def test_a_track_change_under_a_look_crossfades_and_is_told_with_its_frame(on_air, compiled, nginx_rtmp):
    player = on_air(look="spectrum", transition=CROSSFADE)
    now = player.next_statistics(lambda e: e["look"] == "spectrum")["seconds"]
    picture = {"id": "blue", "path": str(compiled["blue"][1])}
    player.send({"do": "show", "cue": {"id": "c1", "track": {}}, "picture": picture, "at": now + 2.5})
    aired = player.wait_for("aired", picture="blue")
    player.next_statistics(lambda e: e["frame"] > aired["frame"] + 45)
    assert aired["seam"] == "played"
    assert abs(aired["media"] - now - 2.5) <= 0.05
    player.send({"do": "show", "cue": {"id": "c2", "track": {}}, "picture": {**picture, "id": "no", "path": "/no.mp4"}})
    assert player.wait_for("aired", cue={"id": "c2", "track": {}})["picture"] == "blue"
    player.send({"do": "look", "look": "loop"})
    after = player.next_statistics(lambda e: e["look"] == "loop")
    assert after["picture"] == "blue"
    player.next_statistics(lambda e: e["frame"] > after["frame"] + 60)
    assert player.stop() == 0
    path = nginx_rtmp.wait_for("record_done", "st").path
    recording = read(path)
    assert recording.errors == recording.video.backward == 0
    assert recording.video.largest_step <= 40
    with av.open(str(path)) as container:
        reds = [float(f.to_ndarray(format="rgb24")[30:90, :, 0].mean()) for f in container.decode(video=0)]
    fade = np.array(reds[aired["frame"] - 2 : aired["frame"] + 33])
    assert fade[0] > 170
    assert fade[-1] < 40
    assert np.abs(np.diff(fade)).max() < 25
    assert max(reds[aired["frame"] + 40 :]) < 60, "the loop that comes back is the new one"
