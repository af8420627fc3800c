"""The page of a station that is really on air, in a real browser: it moves, it sounds, it follows the tracks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import BROWSER_ARGUMENTS
from tests.flows.house import House, loop_file
from tests.plugins.tones import tone_mp3
from tests.streaming.playout.pictures import COLOURS

pytestmark = [pytest.mark.slow, pytest.mark.peers("chromium")]
PLAYS = """() => {
  const video = document.querySelector("video");
  return video && video.currentTime > 3 && video.videoWidth === 1280 && video.webkitAudioDecodedByteCount > 10000
    && video.getVideoPlaybackQuality().totalVideoFrames > 60;
}"""
OTHER_TITLE = "title => document.querySelector('[data-title]').textContent !== title"


def test_the_preview_plays_and_the_title_changes_without_a_reload(house: House, chromium: str, tmp_path):
    house.manage("station", "add", "page", "--name", "Page", "--source", "playlist")
    house.manage("loop", "add", "page", str(loop_file(tmp_path / "green.mp4", COLOURS["green"])), "--default")
    files = [
        tone_mp3(tmp_path / f"{n}.mp3", artist="Bo", title=f"Part {n}", seconds=6, hertz=300 + 100 * n) for n in (1, 2)
    ]
    house.manage("track", "add", "page", *map(str, files))
    house.manage("station", "start", "page")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        _watch(browser.new_page(), f"http://127.0.0.1:{house.port}/stations/page/")
        browser.close()
    house.manage("station", "stop", "page")


def _watch(page: Page, address: str) -> None:
    page.set_default_timeout(40_000)
    page.goto(address)
    page.evaluate("window.neverReloaded = true")
    page.wait_for_function(PLAYS)
    title = page.text_content("[data-title]")
    page.wait_for_function(OTHER_TITLE, arg=title)
    assert page.evaluate("window.neverReloaded")
    assert page.text_content("[data-title]") in {"Part 1", "Part 2"}
