"""Accounts in a real browser: registered, confirmed, a second factor set up, signed in, another session ended."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from playwright.async_api import expect

from tests.accounts.signin.app import code_of
from tests.factories import make_user

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from tests.e2e.server import WebServer

pytestmark = [
    pytest.mark.peers("chromium"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.asyncio(loop_scope="package"),  # the browser's loop
]
ADDRESS, PASSWORD = "ana@example.org", "a long night at the dial"


def newest_link() -> str:
    """The path in the newest mail that the server kept in its home."""
    (newest,) = sorted(Path(settings.PLACES.home / "mail").iterdir(), key=lambda file: file.stat().st_mtime_ns)[-1:]
    message = message_from_bytes(newest.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(r"^https?://\S+$", body.get_content(), re.MULTILINE)
    assert found
    return urlsplit(found.group(0)).path


async def sign_in(page: Page, web: WebServer) -> None:
    await page.goto(f"{web.url}/account/login/")
    await page.fill("[name=login]", ADDRESS)
    await page.fill("[name=password]", PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def set_up_app(page: Page, web: WebServer) -> str:
    await page.goto(f"{web.url}/account/2fa/totp/activate/")
    secret = await page.locator("#secret").inner_text()
    await page.fill("[name=code]", code_of(secret))
    await page.get_by_role("button", name="Turn it on").click()
    await expect(page.locator("#recovery-codes li")).to_have_count(10)
    return secret


async def test_from_registering_to_ending_another_session(web: WebServer, page: Page, browser: Browser):
    await page.goto(f"{web.url}/account/signup/")
    await page.fill("[name=email]", ADDRESS)
    await page.fill("[name=password1]", PASSWORD)
    await page.fill("[name=password2]", PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await expect(page.get_by_role("heading")).to_have_text("Look into your mail")

    await page.goto(web.url + newest_link())
    await page.get_by_role("button", name="Yes, it is mine").click()
    await sign_in(page, web)
    await expect(page).to_have_url(f"{web.url}/account/")
    secret = await set_up_app(page, web)

    context = await browser.new_context(user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Firefox/132.0")
    other = await context.new_page()
    await sign_in(other, web)
    await expect(other.get_by_role("heading")).to_have_text("Your second factor")
    await other.fill("[name=code]", code_of(secret))
    await other.get_by_role("button", name="Sign in", exact=True).click()
    await expect(other).to_have_url(f"{web.url}/account/")

    await page.goto(f"{web.url}/account/sessions/")
    row = page.locator("#sessions li", has_text="Firefox on Linux")
    await row.get_by_role("button", name="Sign out").click()
    await expect(page.locator("#sessions li")).to_have_count(1)
    await other.goto(f"{web.url}/account/sessions/")
    await expect(other.get_by_role("heading")).to_have_text("Sign in")
    await context.close()


async def test_staff_are_led_through_a_second_factor_into_the_console(web: WebServer, page: Page):
    await sync_to_async(staff)()
    await page.goto(f"{web.url}/admin/")
    await sign_in(page, web)
    await expect(page.get_by_role("heading").first).to_have_text("One step before the console opens")
    await page.get_by_role("link", name="Set up an app").click()
    await set_up_app(page, web)
    await page.get_by_role("link", name="I have kept them").click()
    await expect(page).to_have_url(f"{web.url}/admin/")


async def test_a_passkey_alone_lets_staff_in(web: WebServer, page: Page):
    await sync_to_async(staff)()
    local = web.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to a number
    await with_virtual_key(page)
    await sign_in_at(page, local)
    await page.get_by_role("link", name="Add a passkey").click()
    await page.check("[name=passwordless]")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.locator("#recovery-codes li")).to_have_count(10)
    await page.get_by_role("navigation", name="Your account").get_by_role("button", name="Sign out").click()

    await page.goto(f"{local}/account/login/")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page).to_have_url(f"{local}/admin/")


async def sign_in_at(page: Page, address: str) -> None:
    await page.goto(f"{address}/admin/")
    await page.fill("[name=login]", ADDRESS)
    await page.fill("[name=password]", PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def with_virtual_key(page: Page) -> None:
    """Give the browser a key that says yes (https://w3c.github.io/webauthn/#sctn-automation)."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_the_smallest_screen_in_both_schemes(web: WebServer, browser: Browser, scheme: Any):
    await sync_to_async(staff)()
    context = await browser.new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    page = await context.new_page()
    await fit(page, web, "login/", "signup/", "password/reset/")
    await sign_in(page, web)
    await fit(page, web, "2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "sessions/", "email/", "password/change/")
    await context.close()


async def fit(page: Page, web: WebServer, *paths: str) -> None:
    for path in paths:
        await page.goto(f"{web.url}/account/{path}")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def staff() -> None:
    person = make_user(ADDRESS, is_staff=True, is_superuser=True)
    person.set_password(PASSWORD)
    person.save()
