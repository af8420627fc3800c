"""A real server and a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.e2e.server import WebServer
from tests.plugins.daemon import find_program
from tests.plugins.peers import require

# A machine that is busy with the rest of the suite is slow, not wrong.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
BROWSER_ARGUMENTS = [
    "--no-sandbox",  # Debian's sandbox cannot start as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def web(django_db_setup, django_db_blocker) -> Iterator[WebServer]:
    """The web server, once for all of these tests."""
    with WebServer() as server:
        yield server


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium, once for all of these tests; each opens a context of its own."""
    require("chromium")
    program = find_program("chromium", "chromium-browser")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="package")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page that fails the test when a script fails, or when the content policy forbids something."""
    complaints: list[str] = []
    context = await browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="en-GB", timezone_id="Asia/Jakarta"
    )
    opened = await context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    opened.on("console", lambda said: complaints.extend([said.text] if "Content Security" in said.text else []))
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    await context.close()
    assert not complaints
