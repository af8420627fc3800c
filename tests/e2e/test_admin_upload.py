"""The console in a real browser: an operator signs in, uploads a loop and sees it become ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client
from playwright.async_api import expect

from accounts.people.models import User
from catalog.models import Loop, Rendition
from tests.catalog.films import film
from tests.e2e.worker import celery_worker
from tests.factories import enter, make_profile, make_station, make_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.async_api import Page

    from streaming.stations.models import Station
    from tests.e2e.server import WebServer

pytestmark = [
    pytest.mark.peers("chromium"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.asyncio(loop_scope="package"),  # the browser's loop
]
COMPILED = 90_000  # milliseconds a compile may take on a busy machine


@pytest.fixture
def station(db: None) -> Station:
    """A station whose profile the upload is compiled for."""
    make_user("operator@example.org", is_staff=True, is_superuser=True)
    return make_station(profile=make_profile())


@pytest.fixture
def worker(station: Station) -> Iterator[None]:
    """Who compiles."""
    with celery_worker():
        yield


async def sign_in(page: Page, web: WebServer) -> None:
    browser = await sync_to_async(enter)(Client(), await User.objects.aget(email="operator@example.org"))
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    await page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": web.url}])
    await page.goto(f"{web.url}/admin/")
    await expect(page).to_have_url(f"{web.url}/admin/")


async def upload(page: Page, web: WebServer, file: Path, name: str) -> None:
    await page.goto(f"{web.url}/admin/catalog/loop/add/")
    await page.set_input_files("[name=file]", file)
    await page.fill("[name=name]", name)
    await page.click("[name=_save]")


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_an_uploaded_loop_gets_to_ready_before_the_operators_eyes(web: WebServer, page: Page, tmp_path: Path):
    await sign_in(page, web)
    await upload(page, web, film(tmp_path / "rain.mp4", frames=45), "Rain on glass")

    row = page.locator("#result_list tr", has_text="Rain on glass")
    await expect(row.locator(".lw-renditions")).to_contain_text("720p30")
    await expect(row.locator(".lw-renditions .lw-ok")).to_have_text("Ready", timeout=COMPILED)  # without a reload

    await row.get_by_role("link", name="Rain on glass").click()
    player = page.locator("video.lw-player")
    await player.evaluate("video => video.play()")
    await expect(player).to_have_js_property("videoWidth", 1280)
    assert await sync_to_async(Rendition.objects.get)(status=Rendition.Status.READY)


@pytest.mark.usefixtures("station")
async def test_a_bad_file_is_refused_with_its_reason(web: WebServer, page: Page, tmp_path: Path):
    bad = tmp_path / "innocent.mp4"
    bad.write_bytes(b"Hello, this is no video at all.\n" * 50)
    await sign_in(page, web)
    await upload(page, web, bad, "Innocent")

    await expect(page.locator("#loop_form")).to_contain_text("text")
    assert not await sync_to_async(Loop.objects.exists)()


async def test_start_and_stop_from_the_overview(web: WebServer, page: Page, station: Station):
    await sign_in(page, web)
    await page.get_by_role("link", name="Start", exact=True).click()
    await expect(page.get_by_text("is being started")).to_be_visible()
    await expect(page.locator(".lw-stations .lw-state").first).to_have_text("Waiting")

    await page.get_by_role("link", name="Stop", exact=True).click()
    await page.get_by_role("button", name="Stop the station").click()
    await expect(page.get_by_text("is being stopped")).to_be_visible()
    await sync_to_async(station.refresh_from_db)()
    assert not station.wanted_on_air


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.usefixtures("station")
async def test_a_server_that_is_away_is_said_and_its_return_too(web: WebServer, page: Page):
    await sign_in(page, web)
    note = page.locator("[data-live-lost]")
    await expect(note).to_be_hidden()
    web.stop()
    await expect(note).to_be_visible(timeout=30_000)
    web.start()
    await expect(note).to_be_hidden(timeout=30_000)
