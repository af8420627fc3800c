"""Sound from radios and files: lost, stalled, changed, back again; the picture goes on whatever happens."""

from __future__ import annotations

import itertools

import av
import numpy as np
import pytest

from tests.fakes.radio import FakeRadio
from tests.plugins.tones import tone_mp3
from tests.streaming.playout.recording import read


@pytest.fixture
def song(tmp_path):
    return tone_mp3(tmp_path / "song.mp3", artist="Ana", title="Blue", seconds=20)


def _heard(event):
    return event["source"]["up"] and not event["source"]["silent"]


def _silent(event):
    return event["source"]["silent"]


def _radio(radio):
    return {"kind": "radio", "url": radio.url, "titles": True}


def test_a_radio_is_heard_and_its_title_is_told_when_its_sound_goes_out(play, song):
    with FakeRadio(song) as radio:
        player = play(source=_radio(radio))
        assert player.wait_for("title")["text"] == "Ana - Blue"
        player.next_statistics(_heard)
        radio.title = "Bo - Green"
        assert player.wait_for("title", text="Bo - Green")["seq"] > 1


def test_a_stalled_radio_turns_to_silence_within_two_seconds_and_comes_back(play, song):
    with FakeRadio(song) as radio:
        player = play(source=_radio(radio))
        player.next_statistics(_heard)
        radio.stall()
        silent = player.next_statistics(_silent, within=3.5)
        frame = silent["frame"]
        radio.resume()
        back = player.next_statistics(_heard, within=6)
        assert back["frame"] > frame


def test_a_radio_that_hangs_up_is_called_again(play, song):
    with FakeRadio(song) as radio:
        player = play(source=_radio(radio))
        player.next_statistics(_heard)
        radio.hang_up()
        player.wait_for("source", up=False)
        player.next_statistics(_heard, within=8)
        assert radio.connections == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (b"HTTP/1.0 404 Not Found", "HTTP 404"),
        (b"HTTP/1.1 503 Busy", "HTTP 503"),
        (b"SSH-2.0-x", "does not speak HTTP"),
    ],
)
def test_a_radio_that_refuses_is_named_and_the_station_stays_on_air(play, song, status, words):
    with FakeRadio(song) as radio:
        radio.status = status
        player = play(source=_radio(radio))
        assert words in player.wait_for("error", about="source")["message"]
        assert player.next_statistics()["frame"] > 0
        radio.status = b"ICY 200 OK"
        player.next_statistics(_heard, within=12)


def test_redirects_are_followed_and_a_loop_of_them_is_named(play, song):
    with FakeRadio(song) as radio, FakeRadio(song) as door:
        door.status = b"HTTP/1.0 302 Found"
        door.headers = b"Location: " + radio.url.encode() + b"\r\n"
        player = play(source=_radio(door))
        player.next_statistics(_heard)
        door.headers = b"Location: /live\r\n"
        radio.hang_up()
        player.wait_until(lambda e: e["event"] == "error" and "redirects more than" in e["message"])


@pytest.mark.peers("nginx")
def test_a_radio_that_changes_its_format_on_the_air_leaves_the_output_as_it_was(play, song, tmp_path, nginx_rtmp):
    other = tmp_path / "mono.mp3"
    _mono(other)
    output = {"id": "p", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}
    with FakeRadio(song) as radio:
        player = play(source=_radio(radio), outputs=[output])
        player.next_statistics(_heard)
        radio.play(other)
        start = player.next_statistics()["frame"]
        player.next_statistics(lambda e: e["frame"] > start + 120 and _heard(e))
    player.stop()
    recording = read(nginx_rtmp.wait_for("record_done", "st").path)
    assert recording.errors == 0
    assert recording.audio.largest_step <= 30
    assert recording.video.largest_step <= 40


@pytest.mark.whole
@pytest.mark.parametrize("speed", [0.98, 1.02])
def test_a_radio_with_a_wrong_clock_neither_drains_nor_overfills_the_buffer(play, song, speed):
    with FakeRadio(song, speed=speed) as radio:
        player = play(source=_radio(radio))
        player.next_statistics(_heard)
        levels = [player.next_statistics()["source"]["buffer_ms"] for _ in range(8)]
        assert all(300 < level < 3500 for level in levels)


def test_a_playlist_plays_on_for_ever_and_airs_each_track_with_its_picture(play, pictures, tones):
    entries = [
        {
            "id": str(n),
            "path": str(tone),
            "track": {"n": n},
            "picture": {"id": name, "path": str(pictures[name][1])},
        }
        for n, (tone, name) in enumerate(zip(tones, ("green", "blue", "red"), strict=True))
    ]
    player = play(source={"kind": "playlist", "entries": entries})
    aired = [player.wait_until(lambda e, n=n: e["event"] == "aired" and e["seq"] == n + 1) for n in range(4)]
    assert [event["cue"]["track"]["n"] for event in aired] == [0, 1, 2, 0]
    assert [event["picture"] for event in aired] == ["green", "blue", "red", "green"]


@pytest.mark.peers("nginx")
def test_a_playlist_is_gapless(play, tmp_path, nginx_rtmp):
    files = [tone_mp3(tmp_path / f"{n}.mp3", artist="A", title=str(n), seconds=1.5) for n in range(3)]
    entries = [{"id": str(n), "path": str(path)} for n, path in enumerate(files)]
    player = play(
        source={"kind": "playlist", "entries": entries},
        outputs=[{"id": "p", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}],
    )
    player.next_statistics(lambda e: e["seconds"] > 7)
    player.stop()
    loudness = read(nginx_rtmp.wait_for("record_done", "st").path).loudness
    middle = [level for time, level in loudness if 2.7 < time < 6.7]
    assert min(middle) > 0.5 * float(np.median(middle))


def test_a_track_that_cannot_be_played_is_passed_over_and_named(play, tones, tmp_path):
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"not sound at all" * 100)
    entries = [{"id": str(n), "path": str(p), "track": {"n": n}} for n, p in enumerate([tones[0], broken, tones[1]])]
    player = play(source={"kind": "playlist", "entries": entries})
    assert "broken.mp3" in player.wait_for("error", about="source")["message"]
    player.wait_until(lambda e: e["event"] == "aired" and e["cue"]["track"].get("n") == 2)


def test_a_shuffled_playlist_plays_everything_before_anything_again():
    from streaming.playout.sources.playlist import Order
    from streaming.playout.spec import PlaylistSpec, parse_source

    entries = [{"id": str(n), "path": f"/t/{n}"} for n in range(5)]
    spec = parse_source({"kind": "playlist", "entries": entries, "shuffle": True}, "source")
    assert isinstance(spec, PlaylistSpec)
    order = Order(spec)
    played = [order.next().id for _ in range(50)]
    assert all(sorted(played[n : n + 5]) == list("01234") for n in range(0, 50, 5))
    assert all(a != b for a, b in itertools.pairwise(played))


def _mono(path):
    with av.open(str(path), "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=48000, layout="mono", bit_rate=128_000)
        wave = (0.4 * np.sin(2 * np.pi * 500 * np.arange(48000 * 20) / 48000) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48000, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
