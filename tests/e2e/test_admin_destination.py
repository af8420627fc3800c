"""The destinations' forms in a real browser: only what belongs to a place is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from playwright.async_api import expect

from streaming.outputs.models import Destination
from tests.e2e.test_admin_upload import sign_in
from tests.factories import make_profile, make_station, make_user

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.e2e.server import WebServer

pytestmark = [
    pytest.mark.peers("chromium"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.asyncio(loop_scope="package"),  # the browser's loop
]


@pytest.fixture
def house(db: None) -> None:
    make_user("operator@example.org", is_staff=True, is_superuser=True)
    make_station(profile=make_profile())


@pytest.mark.whole
async def test_each_place_asks_for_its_own_and_the_row_is_as_chosen(house: None, page: Page, web: WebServer) -> None:
    await sign_in(page, web)
    await page.goto(f"{web.url}/admin/streaming/destination/add/")
    shown = {name: page.locator(f"[name={name}]") for name in ("url", "key", "passphrase", "backup", "segment_s")}
    for place, wanted in {
        "youtube": {"key", "backup"},
        "srt": {"url", "key", "passphrase"},
        "recording": {"segment_s"},
    }.items():
        await page.select_option("[name=place]", place)
        for name, field in shown.items():
            await expect(field).to_be_visible() if name in wanted else await expect(field).to_be_hidden()
    await page.select_option("[name=station]", label="Night Fm")
    await page.fill("[name=segment_s]", "120")
    await page.click("[name=_save]")
    await expect(page.locator("text=Recording").first).to_be_visible()
    row = await sync_to_async(Destination.objects.get)()
    assert (row.kind, row.segment_s) == ("recording", 120)

    await page.goto(f"{web.url}/admin/streaming/destination/{row.pk}/change/")
    await expect(page.locator("[name=segment_s]")).to_be_visible()
    await expect(page.locator("[name=url]")).to_have_count(0)
