"""A radio's AAC passed through to a platform: byte for byte, through cuts, backups and changes of form."""

from __future__ import annotations

import pytest

from streaming.playout.sources.adts import AdtsFrames
from streaming.playout.sources.flow import Flow
from tests.fakes.radio import FakeRadio
from tests.streaming.playout.radios import FORMS, RATE, Form, encoded, listen, tell, tone_file
from tests.streaming.playout.test_passing_on import Bytes

pytestmark = pytest.mark.peers("nginx")

STEREO = Form("aac", "adts", RATE, "stereo", 550.0)
SECONDS = 20.0


@pytest.fixture
def aac(tmp_path):
    """A file of AAC as the output is, and its frames."""
    data = encoded(STEREO, seconds=SECONDS)
    path = tmp_path / "song.aac"
    path.write_bytes(data)
    frames = AdtsFrames(Flow(Bytes(data)), RATE, 2)
    return path, [frame.coded.data for frame in iter(frames.read, None)]


@pytest.fixture
def radio(aac):
    """A radio that plays it."""
    path, frames = aac
    with FakeRadio(path, bitrate=round(8 * path.stat().st_size / (len(frames) * 1024 / RATE))) as server:
        server.headers = b"Content-Type: audio/aac\r\n"
        yield server


@pytest.fixture
def on_air(play, nginx_rtmp):
    """Start an engine that is recorded; returns it and a function that ends it and gives the recording's path."""

    def start(radio, **more):
        source = {"kind": "radio", "url": radio.url, "titles": True, "passthrough": True}
        output = {"id": "p", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}
        player = play(outputs=[output], source=source, **more)

        def recorded():
            player.stop()
            return nginx_rtmp.wait_for("record_done", "st").path

        return player, recorded

    return start


def _until(player, seconds):
    player.next_statistics(lambda e: e["seconds"] >= seconds, within=40)


def _passed(player, wanted=True, up=True):
    def holds(event):
        return event["source"]["passed"] is wanted and (event["source"]["up"] or not up)

    return player.next_statistics(holds, within=30)["seconds"]


def sent(path):
    """The AAC frames of an FLV file, with their milliseconds."""
    data, place, found = path.read_bytes(), 13, []
    while place + 11 <= len(data):
        size, stamp = int.from_bytes(data[place + 1 : place + 4], "big"), data[place + 4 : place + 8]
        body = data[place + 11 : place + 11 + size]
        if data[place] == 8 and len(body) > 2 and body[1] == 1:
            found.append((int.from_bytes(stamp[3:] + stamp[:3], "big"), body[2:]))
        place += 11 + size + 4
    return found


def runs(units, frames):
    """How many units in a row, each time, are the source's own and follow each other there; a tone repeats frames."""
    places: dict[bytes, set[int]] = {}
    for place, frame in enumerate(frames):
        places.setdefault(frame, set()).add(place)
    found = [0]
    last: set[int] = set()
    for _, data in units:
        now = places.get(data, set())
        follows = {place for place in now if (place - 1) % len(frames) in last}
        found = [*found[:-1], found[-1] + 1] if follows else [*found, int(bool(now))]
        last = follows or now
    return [run for run in found if run > 1]


def test_what_a_radio_codes_goes_out_byte_for_byte(on_air, radio, aac):
    player, recorded = on_air(radio)
    began = _passed(player)
    told = player.wait_for("title", text="Ana - Blue")
    _until(player, began + 8)
    loudness = player.next_statistics()["loudness"]
    path = recorded()
    found, heard = runs(sent(path), aac[1]), listen(path)
    tell(f"passed on: {found} frames in a row, steps {heard.gaps_ms}, headers {heard.headers}, title {told['media']}")
    assert len(found) == 1
    assert found[0] >= 7 * RATE // 1024
    assert loudness.pop("gain_db") == 0
    assert set(loudness.values()) == {None}
    assert heard.headers == 1
    assert heard.errors == 0
    assert heard.backward == 0
    assert max(heard.gaps_ms) <= 34
    assert not heard.silences(after=began + 0.2)
    assert abs(heard.pitch(heard.seconds - 3) - STEREO.hertz) < 3


@pytest.mark.whole
def test_after_a_cut_the_next_connection_is_passed_on_again(on_air, radio, aac):
    player, recorded = on_air(radio)
    _until(player, _passed(player) + 4)
    radio.hang_up()
    player.wait_for("source", up=False)
    _until(player, player.next_statistics(lambda e: e["source"]["up"])["seconds"] + 6)
    path = recorded()
    found, heard = runs(sent(path), aac[1]), listen(path)
    tell(f"passed on around a cut: {found}, silences {heard.silences(after=5)}")
    assert len([run for run in found if run > RATE // 1024]) == 2
    assert heard.errors == 0
    assert heard.backward == 0
    assert max(heard.gaps_ms) <= 34


@pytest.mark.whole
def test_something_else_stands_in_without_a_gap_and_the_radio_is_passed_on_again(on_air, radio, aac, tmp_path):
    spare = tone_file(tmp_path / "spare.mp3", "mp3", seconds=8)
    emergency = {"kind": "playlist", "entries": [{"id": "e", "path": str(spare)}]}
    player, recorded = on_air(radio, sound={"emergency": emergency, "return_after": 2})
    began = _passed(player)
    _until(player, began + 4)
    radio.stall()
    player.wait_for("sound", lane="emergency")
    _until(player, _passed(player, wanted=False, up=False) + 3)
    radio.resume()
    player.wait_until(lambda e: e["event"] == "sound" and e["lane"] == "main" and e["media"] > began + 2, within=30)
    _until(player, _passed(player) + 5)
    path = recorded()
    found, heard = runs(sent(path), aac[1]), listen(path)
    tell(f"passed on around an emergency: {found}, silences {heard.silences(after=began + 0.2)}")
    assert len([run for run in found if run > RATE // 1024]) == 2
    assert not heard.silences(after=began + 0.2, shortest=0.03)  # the song's own beginning takes 25 ms
    assert heard.first(FORMS["mp3"].hertz) < heard.first(STEREO.hertz, after=heard.first(FORMS["mp3"].hertz))
    assert heard.headers == 1
    assert heard.errors == 0
    assert max(heard.gaps_ms) <= 34


@pytest.mark.whole
def test_evening_out_takes_over_at_once_and_lets_go_again(on_air, radio, aac):
    """What is in hand already is decoded too: nothing passes by the limiter that is wanted."""
    player, recorded = on_air(radio)
    began = _passed(player)
    _until(player, began + 3)
    player.send({"do": "sound", "sound": {"normalise": {"lufs": -23, "peak_db": -1}}})
    off = _passed(player, wanted=False)
    player.next_statistics(lambda e: e["loudness"]["momentary"] is not None and e["seconds"] > off + 4)
    player.send({"do": "sound", "sound": {}})
    _until(player, _passed(player) + 4)
    path = recorded()
    found, heard = runs(sent(path), aac[1]), listen(path)
    tell(f"passed on around evening out: {found}")
    assert len([run for run in found if run > RATE // 1024]) == 2
    assert not heard.silences(after=began + 0.2)
    assert heard.errors == 0
    assert heard.headers == 1


@pytest.mark.whole
@pytest.mark.parametrize("other", ["aac", "slow aac", "mp3"])
def test_another_form_in_the_same_body_is_coded_anew_and_the_first_one_passed_on_again(
    on_air, radio, aac, tmp_path, other
):
    """T12: mono, 24 kHz (what HE-AAC is at its core), MP3."""
    between = tone_file(tmp_path / "between", other, seconds=8)
    player, recorded = on_air(radio)
    began = _passed(player)
    _until(player, began + 3)
    radio.play(between)
    off = _passed(player, wanted=False)
    _until(player, off + 5)
    radio.play(aac[0])
    _until(player, _passed(player) + 5)
    connections, path = radio.connections, recorded()
    found, heard = runs(sent(path), aac[1]), listen(path)
    gaps = [length for _, length in heard.silences(after=began + 0.2)]
    tell(f"T12 passed on around {other}: {found}, longest gap {max(gaps, default=0):.2f} s, headers {heard.headers}")
    assert connections == 1
    assert len([run for run in found if run > RATE // 1024]) >= 2
    assert max(gaps, default=0) <= 2.0
    assert heard.headers == 1
    assert heard.errors == 0
    assert heard.backward == 0
    assert heard.first(FORMS[other].hertz) < heard.seconds
