"""T08 to T11: the sound is lost, stalls, comes and goes, is silent. Judged by what a viewer's recording holds."""

from __future__ import annotations

import time

import pytest

from tests.fakes.radio import FakeRadio
from tests.faults.recorded import as_source, playing
from tests.streaming.playout.radios import tone_file

pytestmark = pytest.mark.peers("nginx")
MAIN, SPARE, STAND_IN = 440, 660, 880


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    return {
        "main": tone_file(folder / "main.mp3", hertz=MAIN),
        "spare": tone_file(folder / "spare.mp3", hertz=SPARE),
        "stand-in": tone_file(folder / "stand-in.mp3", hertz=STAND_IN),
        "zeros": tone_file(folder / "zeros.mp3", level=0.0),
    }


def _stand_in(sounds):
    return {"kind": "playlist", "entries": [{"id": "e", "path": str(sounds["stand-in"])}]}


def _step(player, lane, after=0, within=15):
    return player.wait_until(lambda e: e["event"] == "sound" and e["lane"] == lane, within, after)


def _unbroken(figures, number, heard):
    video, audio = heard.gaps_ms
    figures(number, "largest step of the picture", video, "ms", at_most=40)
    figures(number, "largest step of the sound", audio, "ms", at_most=30)
    figures(number, "steps back and decode errors", heard.backward + heard.errors, exactly=0)
    assert heard.headers == 1


@pytest.mark.whole
def test_t08_a_radio_that_refuses_gives_way_to_filler_within_two_seconds_and_the_picture_goes_on(
    figures, on_air, sounds
):
    """404, 500, a redirect loop and TLS that is none, one after the other; ten seconds each."""
    with FakeRadio(sounds["main"]) as radio:
        player, ended = on_air(source=as_source(radio), sound={"emergency": _stand_in(sounds), "return_after": 1.0})
        playing(player)
        faults = {
            "404": (b"HTTP/1.0 404 Not Found", b""),
            "500": (b"HTTP/1.0 500 Broken", b""),
            "redirect loop": (b"HTTP/1.0 302 Found", b"Location: /live\r\n"),
            "TLS error": (b"HTTP/1.0 302 Found", f"Location: https://127.0.0.1:{radio.port}/\r\n".encode()),
        }
        waits, errors = {}, {}
        for name, (status, header) in faults.items():
            before = len(player.events)
            radio.status, radio.headers = status, header or b"Content-Type: audio/mpeg\r\n"
            lost = time.time()
            radio.hang_up()
            step = _step(player, "emergency", before)
            waits[name] = step["heard_at"] - lost - 2.0  # what is settled goes out two seconds later, before and after
            errors[name] = step["reason"]
            radio.status, radio.headers = b"HTTP/1.0 200 OK", b"Content-Type: audio/mpeg\r\n"
            _step(player, "main", before)
            playing(player)
        steps = [(event["media"], event["lane"]) for event in player.facts("sound")]
        player.next_statistics(lambda e: e["seconds"] > steps[-1][0] + 1.5)
        heard = ended()
    silent = sum(length for at, length in heard.silences(after=steps[0][0] - 3))
    for name, wait in waits.items():
        figures("T08", f"filler after {name}", wait, "s", at_most=2.0)
    figures("T08", "silence over all four", silent * 1000, "ms", at_most=50)
    _unbroken(figures, "T08", heard)
    for media, lane in steps[:-1]:
        assert heard.pitch(media + 0.3) == pytest.approx(MAIN if lane == "main" else STAND_IN, abs=15)
    assert all("lost" in reason for reason in errors.values())


@pytest.mark.whole
def test_t09_a_radio_that_stalls_gives_way_within_five_seconds_and_is_back_within_three(figures, on_air, sounds):
    """The socket stays open and empty: first for 4 s, then for 12 s (instead of 60), longer than a read may take."""
    with FakeRadio(sounds["main"]) as radio:
        player, ended = on_air(source=as_source(radio), sound={"emergency": _stand_in(sounds), "return_after": 0.5})
        playing(player)
        fills, backs = [], []
        for stall in (4.0, 12.0):
            before = len(player.events)
            stalled = time.time()
            radio.stall()
            fills.append(_step(player, "emergency", before)["heard_at"] - stalled - 2.0)
            player.next_statistics(lambda e, end=stalled + stall: e["at"] >= end, within=20)
            resumed = time.time()
            radio.resume()
            backs.append(_step(player, "main", before)["heard_at"] - resumed - 2.0)
            playing(player)
        last = player.facts("sound")[-1]["media"]
        player.next_statistics(lambda e: e["seconds"] > last + 1.5)
        heard = ended()
    silent = sum(length for _, length in heard.silences(after=4.5))
    figures("T09", "filler after", max(fills), "s", at_most=5)
    figures("T09", "back to the radio after", max(backs), "s", at_most=3)
    figures("T09", "silence over both", silent * 1000, "ms", at_most=50)
    _unbroken(figures, "T09", heard)


def _cuts(figures, on_air, sounds, count, every):
    with FakeRadio(sounds["main"]) as radio:
        player, ended = on_air(source=as_source(radio))
        playing(player)
        first = player.next_statistics()["seconds"]
        for number in range(count):
            radio.hang_up()
            wait = first + (number + 1) * every
            player.next_statistics(lambda e, wait=wait: e["seconds"] >= wait, within=30)
        playing(player)
        player.next_statistics(lambda e: e["seconds"] > first + count * every + 3)
        assert player.facts("sound") == []
        connections = radio.connections
        heard = ended()
    gaps = [length for _, length in heard.silences(after=4.5)]
    drift = abs(heard.audio[-1] - heard.video[-1])
    figures(
        "T10", f"{count} cuts, one every {every:g} s: longest gap of the sound", max(gaps, default=0), "s", at_most=1
    )
    figures("T10", "drift at the end", drift, "ms", at_most=100)
    figures("T10", "skew of sound and picture", heard.skew_ms, "ms", at_most=80)
    _unbroken(figures, "T10", heard)
    assert connections >= count


@pytest.mark.whole
def test_t10_a_radio_that_closes_again_and_again_leaves_no_gap_over_a_second(figures, on_air, sounds):
    """Eight cuts, one every three seconds."""
    _cuts(figures, on_air, sounds, 8, 3.0)


@pytest.mark.long
@pytest.mark.timeout(400)
def test_t10_a_hundred_cuts(figures, on_air, sounds):
    """As above, a hundred of them, one every 2.5 s (instead of 15)."""
    _cuts(figures, on_air, sounds, 100, 2.5)


@pytest.mark.whole
@pytest.mark.slow
def test_t11_silence_is_reported_within_thirty_seconds_and_the_stream_untouched(figures, on_air, sounds):
    """Zeros for 30 s; no rule, so it is only told."""
    with FakeRadio(sounds["main"]) as radio:
        player, ended = on_air(source=as_source(radio))
        playing(player)
        began = time.time()
        radio.play(sounds["zeros"])
        alarm = player.wait_until(lambda e: e["event"] == "error" and "silent for" in e["message"], within=40)
        radio.play(sounds["main"])
        player.wait_until(lambda e: e["event"] == "error" and "not silent any more" in e["message"], within=10)
        assert player.facts("sound") == []
        heard = ended()
    figures("T11", "silence is reported after", alarm["at"] - began, "s", at_most=30)
    _unbroken(figures, "T11", heard)
    assert alarm["severity"] == "warning"


def test_t11_silence_counts_as_loss_where_the_operator_says_so(figures, on_air, sounds):
    """Three seconds of zeros below -50 dBFS: a backup is connected and heard; sound again: the main source is back."""
    with FakeRadio(sounds["main"]) as radio, FakeRadio(sounds["spare"]) as spare:
        sound = {
            "backups": [{"id": "b", "name": "Spare", "source": as_source(spare)}],
            "silence": {"db": -50, "seconds": 3},
            "return_after": 2,
        }
        player, ended = on_air(source=as_source(radio), sound=sound)
        playing(player)
        assert spare.connections == 0
        radio.play(sounds["zeros"])
        away = _step(player, "backup")
        radio.play(sounds["main"])
        back = _step(player, "main")
        player.next_statistics(lambda e: e["seconds"] > back["media"] + 1)
        heard = ended()
    _unbroken(figures, "T11", heard)
    assert away["reason"].startswith("The main source has been silent for")
    assert heard.pitch(away["media"] + 0.5) == pytest.approx(SPARE, abs=15)
    assert heard.pitch(back["media"] + 0.5) == pytest.approx(MAIN, abs=15)
