"""A station's page in a real browser: it plays, it follows, it reads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from channels.db import database_sync_to_async
from playwright.async_api import expect

from config.lib import broadcast
from streaming.live.queries import station_snapshot
from streaming.nodes.models import Encoder
from tests.e2e.broadcast import WIDTH, Broadcast
from tests.factories import make_airing, make_station
from tests.streaming.live.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.async_api import Browser, Page

    from streaming.stations.models import Station
    from tests.e2e.server import WebServer

pytestmark = [
    pytest.mark.peers("chromium"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.asyncio(loop_scope="package"),  # the browser's loop
]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
# The video element's own account of what it decoded, and a look at its pixels: their sum changes as the wave moves.
WATCH = """() => {
  const video = document.querySelector("video");
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 64, 36);
  const pixels = context.getImageData(0, 0, 64, 36).data;
  return {
    time: video.currentTime, width: video.videoWidth, sound: video.webkitAudioDecodedByteCount,
    muted: video.muted, frames: video.getVideoPlaybackQuality().totalVideoFrames,
    look: pixels.reduce((sum, value, index) => (sum + value * (index % 251)) % 1000003, 0),
  };
}"""


@pytest.fixture
def station(db: None) -> Station:
    """On air, with two tracks."""
    made = make_station(name="Night FM", state=Encoder.State.RUNNING)
    make_airing(made, "Antenna", artist="Kites", minutes_ago=5, duration_seconds=240)
    make_airing(made, "Blue hour", minutes_ago=1, album="Carrier")
    return made


@pytest.fixture
def on_air(settings: Any) -> Iterator[Broadcast]:
    """An encoder's preview, written in real time."""
    with Broadcast(settings.PLACES.hls / "night-fm") as running:
        yield running


def change(station: Station, **encoder: Any) -> None:
    """Let the station's new state be known, as a node does."""
    if encoder:
        Encoder.objects.filter(station=station).update(**encoder)
    broadcast.say("station:night-fm", station_snapshot(station))


async def next_track(station: Station, title: str, artist: str = "Ana") -> None:
    await database_sync_to_async(make_airing)(station, title, artist=artist)
    await database_sync_to_async(change)(station)


async def watched(page: Page, enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Watch until what the video says is enough; the page's own policy forbids Playwright's way of waiting."""
    seen: dict[str, Any] = {}

    async def looked() -> bool:
        seen.update(await page.evaluate(WATCH))
        return enough(seen)

    await until(looked, 30)
    return seen


@pytest.mark.usefixtures("on_air", "station")
async def test_the_page_plays_moving_picture_and_sound(web: WebServer, page: Page):
    await page.goto(f"{web.url}/stations/night-fm/")
    before = await watched(page, lambda seen: seen["time"] > 0.5 and seen["sound"] > 0)
    after = await watched(
        page,
        lambda seen: seen["frames"] >= before["frames"] + 10 and seen["sound"] > before["sound"],
    )

    assert after["width"] == WIDTH
    assert after["time"] > before["time"]
    assert after["look"] != before["look"]


@pytest.mark.usefixtures("on_air", "station")
async def test_one_button_turns_the_sound_on_and_off(web: WebServer, page: Page):
    await page.goto(f"{web.url}/stations/night-fm/")
    button = page.locator("[data-play]")
    await expect(button).to_have_text("Turn sound on")
    assert (await page.evaluate(WATCH))["muted"] is True

    await button.click()
    await expect(button).to_have_text("Turn sound off")
    assert (await page.evaluate(WATCH))["muted"] is False

    await page.keyboard.press("Enter")
    await expect(button).to_have_text("Turn sound on")


async def test_the_title_changes_by_itself_and_nothing_jumps(web: WebServer, page: Page, station: Station):
    await page.goto(f"{web.url}/stations/night-fm/")
    await expect(page.locator("[data-title]")).to_have_text("Blue hour")
    await page.evaluate(
        "window.same = true; window.moved = 0;"
        "new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.moved += e.value)))"
        ".observe({ type: 'layout-shift' })",
    )

    await next_track(station, "Harbour lights")

    await expect(page.locator("[data-title]")).to_have_text("Harbour lights")
    await expect(page.locator("[data-history] .played-title")).to_have_text(["Blue hour", "Antenna"])
    await expect(page).to_have_title("Harbour lights · Night FM · Longwave")
    assert await page.evaluate("window.same") is True
    assert await page.evaluate("window.moved") < 0.05


async def test_what_stands_in_for_the_source_is_said_by_itself(web: WebServer, page: Page, station: Station):
    await page.goto(f"{web.url}/stations/night-fm/")
    await expect(page.locator("[data-sound]")).to_be_hidden()

    await database_sync_to_async(Encoder.objects.update)(lane="backup")
    await next_track(station, "Harbour lights")
    await expect(page.locator("[data-sound]")).to_have_text("The station plays from a spare source for a moment.")

    await database_sync_to_async(Encoder.objects.update)(lane="main")
    await next_track(station, "Antenna")
    await expect(page.locator("[data-sound]")).to_be_hidden()


async def test_times_are_the_readers(web: WebServer, page: Page, station: Station):
    await page.goto(f"{web.url}/stations/night-fm/")

    local = await page.evaluate(
        "new Date(document.querySelector('[data-since]').dateTime)"
        ".toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Jakarta' })",
    )
    await expect(page.locator("[data-since]")).to_have_text(local)


async def test_hostile_titles_stay_text(web: WebServer, page: Page, station: Station):
    await page.goto(f"{web.url}/stations/night-fm/")

    await next_track(station, HOSTILE, artist=HOSTILE)
    await next_track(station, "After", artist="Ana")

    await expect(page.locator("[data-title]")).to_have_text("After")
    await expect(page.locator("[data-history] .played-title").first).to_have_text(HOSTILE)
    assert await page.locator("img[src=x]").count() == 0


@pytest.mark.usefixtures("on_air")
async def test_a_station_that_comes_on_air_starts_to_play_by_itself(web: WebServer, page: Page, station: Station):
    await database_sync_to_async(Encoder.objects.update)(state=Encoder.State.STOPPED)
    await page.goto(f"{web.url}/stations/night-fm/")
    await expect(page.locator("[data-for=offline]")).to_contain_text("Off air")
    await expect(page.locator("[data-play]")).to_be_hidden()

    await database_sync_to_async(change)(station, state=Encoder.State.RUNNING)

    await expect(page.locator("[data-stage]")).to_have_attribute("data-view", "playing")
    await database_sync_to_async(change)(station, state=Encoder.State.CRASHED)
    await expect(page.locator("[data-for=offline]")).to_contain_text("Coming back")


@pytest.mark.whole
async def test_a_preview_that_cannot_be_reached_is_said_and_tried_again(
    web: WebServer, page: Page, station: Station, settings: Any
):
    await page.goto(f"{web.url}/stations/night-fm/")
    await expect(page.locator("[data-for=error]")).to_contain_text("cannot be reached", timeout=60_000)
    with Broadcast(settings.PLACES.hls / "night-fm"):
        await page.locator("[data-again]").click()
        await expect(page.locator("[data-stage]")).to_have_attribute("data-view", "playing")


async def test_a_restarted_server_is_found_again_and_nothing_was_missed(web: WebServer, page: Page, station: Station):
    await page.goto(f"{web.url}/stations/night-fm/")
    await expect(page.locator("[data-title]")).to_have_text("Blue hour")
    await page.evaluate("window.same = true")

    await asyncio.to_thread(web.stop)
    await next_track(station, "While away")
    await asyncio.to_thread(web.start)

    await expect(page.locator("[data-title]")).to_have_text("While away")
    assert await page.evaluate("window.same") is True


@pytest.mark.usefixtures("station")
async def test_without_scripts_the_page_reads_whole(web: WebServer, browser: Browser):
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{web.url}/stations/night-fm/")

    await expect(page.locator(".state")).to_have_text("On air")
    for words in ("Night FM", "Blue hour", "Ana", "Antenna"):
        await expect(page.get_by_text(words, exact=False).first).to_be_visible()
    await expect(page.locator(".plain")).to_contain_text("HLS address")
    await page.goto(f"{web.url}/")
    await expect(page.get_by_role("link", name="Night FM")).to_be_visible()


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_every_screen_in_both_schemes(web: WebServer, browser: Browser, scheme: Any):
    for width in (320, 390, 860, 1920):
        context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = await context.new_page()
        for path in ("/", "/stations/night-fm/", "/nowhere"):
            await page.goto(f"{web.url}{path}")
            assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
            dark = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            assert dark == ("rgb(18, 17, 15)" if scheme == "dark" else "rgb(250, 248, 244)")
        await context.close()


@pytest.mark.usefixtures("station")
async def test_the_keyboard_reaches_everything_and_shows_where_it_is(web: WebServer, page: Page):
    await page.goto(f"{web.url}/")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(6):
        await page.keyboard.press("Tab")
        seen.add(await page.evaluate("document.activeElement.textContent.trim().split('\\n')[0]"))
        assert await page.evaluate(
            "[document.activeElement, document.activeElement.querySelector('a')].some((e) => e &&"
            " (getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e, '::after').outlineStyle !== 'none'))",
        )
    assert "Night FM" in seen
