"""Every screen of the console, and every page of ours, works under the content policy in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from playwright.async_api import expect

from streaming.outputs.models import Destination
from tests.e2e.test_admin_upload import sign_in
from tests.factories import make_airing, make_loop, make_mapping, make_profile, make_station, make_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Page

    from tests.e2e.server import WebServer

pytestmark = [
    pytest.mark.peers("chromium"),
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.asyncio(loop_scope="package"),  # the browser's loop
]


@pytest.fixture
def house(db: None) -> None:
    """One of what operators look at most."""
    make_user("operator@example.org", is_staff=True, is_superuser=True)
    station = make_station(profile=make_profile())
    make_mapping(station, make_loop())
    make_airing(station)
    Destination.objects.create(station=station, name="Main", kind=Destination.Kind.RTMP, url="rtmp://a.example/live")


def screens() -> Iterator[str]:
    """Yield the path of every list, every form for a new row, and the form of the first row of each table."""
    yield from ("/", "/stations/night-fm/", "/api/docs/", "/admin/")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for end in ("changelist", "add"):
            try:
                yield reverse(f"{name}_{end}")
            except NoReverseMatch:
                continue
        first = model._default_manager.first()
        if first is not None:
            yield reverse(f"{name}_change", args=[first.pk])


async def test_no_screen_breaks_the_content_policy_or_a_script(house: None, page: Page, web: WebServer) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    await sign_in(page, web)
    paths = await sync_to_async(lambda: list(screens()))()
    found: dict[str, list[str]] = {}
    for path in paths:
        said.clear()
        answer = await page.goto(web.url + path)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy, path
        complaints = [text for text in said if re.search(r"Alpine|Content Security|CSP|Refused", text)]
        if complaints:
            found[path] = complaints
    assert not found
    assert len(paths) > 50


async def test_what_the_console_does_with_alpine_still_works(house: None, page: Page, web: WebServer) -> None:
    await sign_in(page, web)
    await page.goto(f"{web.url}/admin/streaming/station/")
    sidebar = page.locator("#nav-sidebar-apps")
    await expect(sidebar).to_be_visible()
    await page.locator("span.material-symbols-outlined:visible", has_text="dock_to_right").first.click()
    await expect(sidebar).to_be_hidden()
    await page.reload()
    await expect(sidebar).to_be_hidden()
    await page.locator("span.material-symbols-outlined:visible", has_text="dock_to_right").first.click()
    await page.keyboard.press("Control+e")
    await expect(page.locator("html")).to_have_class(re.compile("light"))
    await page.keyboard.press("Control+e")
    await expect(page.locator("html")).to_have_class(re.compile("dark"))
    await page.keyboard.press("Control+k")
    await expect(page.locator("#search-input-command")).to_be_focused()
    await page.locator("#search-input-command").press_sequentially("station")
    await page.locator("#command-results-list li").first.wait_for()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    menu = page.locator("nav", has_text="Restart").first
    await expect(menu).to_be_hidden()
    await page.locator("#result_list .material-symbols-outlined", has_text="more_horiz").first.click()
    await expect(menu).to_be_visible()


async def test_the_apis_own_page_shows_what_there_is(house: None, page: Page, web: WebServer) -> None:
    await page.goto(f"{web.url}/api/docs/")
    await expect(page.locator(".opblock-summary").first).to_be_visible()
