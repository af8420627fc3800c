"""Controls 43 and 44: other sites' pages do nothing here with our cookies, and our own run nothing that is not ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from config import site
from config.env import EnvironmentValueError
from config.home import BASE_DIR
from tests.factories import enter, make_station, make_user

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://evil.example"
PAGES = [
    "/",
    "/stations/night-fm/",
    "/admin/",
    "/admin/login/",
    "/api/docs/",
    "/api/v1/stations/",
    "/health",
    "/nowhere",
]


@pytest.fixture
def strict() -> Client:
    """A browser that brings its cookies and no token of ours, as another site's page makes it do."""
    client = Client(enforce_csrf_checks=True)
    return enter(client, make_user("admin@example.org", is_staff=True, is_superuser=True))


def test_43_another_sites_form_is_refused_in_the_console(strict):
    station = make_station()
    answer = strict.post("/admin/streaming/station/add/", {"name": "x"}, headers={"Origin": ELSEWHERE})
    assert answer.status_code == 403
    assert type(station).objects.count() == 1


def test_43_another_sites_page_is_refused_by_the_api(strict):
    answer = strict.post(
        "/api/v1/stations/", {"name": "x"}, content_type="application/json", headers={"Origin": ELSEWHERE}
    )
    assert answer.status_code == 403


def test_43_no_answer_lets_another_site_read_it_unless_it_is_listed(client, settings):
    make_station()
    for page in ("/api/v1/stations/", "/"):
        assert "Access-Control-Allow-Origin" not in client.get(page, headers={"Origin": ELSEWHERE})
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]
    listed = client.get("/api/v1/stations/", headers={"Origin": ELSEWHERE})
    assert listed["Access-Control-Allow-Origin"] == ELSEWHERE
    assert "Access-Control-Allow-Credentials" not in listed
    assert "Access-Control-Allow-Origin" not in client.get("/", headers={"Origin": ELSEWHERE}), "the API alone"


@pytest.mark.parametrize("value", ["*", "null", "radio.example.org", "https://*.example.org", "https://a.example/path"])
def test_43_the_list_takes_origins_alone(value):
    with pytest.raises(EnvironmentValueError, match="CORS_ORIGINS must be scheme and host alone"):
        site.origin("CORS_ORIGINS", value)


@pytest.mark.parametrize("page", PAGES)
def test_44_every_answer_says_what_browsers_may_do(client, strict, page):
    make_station()
    browser = strict if page == "/admin/" else client
    answer = browser.get(page)
    policy = answer["Content-Security-Policy"]
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.parametrize("page", ["/admin/", "/admin/streaming/station/", "/admin/login/", "/api/docs/", "/"])
def test_44_what_stands_in_a_page_has_its_nonce_and_nothing_is_an_attribute(client, strict, page):
    browser = client if page == "/admin/login/" else strict
    answer = browser.get(page, follow=True)
    text = answer.content.decode()
    nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
    for kind, attributes in re.findall(r"<(script|style)\b([^>]*)>", text):
        if "src=" not in attributes and "application/json" not in attributes:
            assert nonce is not None, (kind, attributes)
            assert f'nonce="{nonce[1]}"' in attributes, (kind, attributes)
    assert not re.search(r"<[^>]+\son(?:click|load|error|change|submit|input|focus)\s*=", text)
    assert not re.search(r"<[^>]+\sstyle\s*=", text)


def test_44_a_nonce_is_for_one_answer(strict):
    found = {
        re.search(r"'nonce-([^']+)'", strict.get(reverse("admin:index"))["Content-Security-Policy"]) for _ in range(3)
    }
    assert len({match[1] for match in found if match}) == 3


def test_44_djangos_own_check_of_a_production_installation_has_nothing_to_say():
    said = started(
        "check", "--deploy", "--fail-level", "WARNING", SITE_URL="https://radio.example.org", TRUSTED_PROXIES="1"
    )
    assert said.returncode == 0, said.stderr
    assert "no issues" in said.stdout + said.stderr


def test_44_by_https_cookies_and_browsers_are_strict(client, settings):
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client.get("/").status_code == 301
    assert client.get("/health/live").status_code == 200, "our own processes ask without the proxy"
    answer = client.get("/", headers={"X-Forwarded-Proto": "https"})
    assert answer["Strict-Transport-Security"] == "max-age=31536000"
    answer = client.get("/admin/login/", follow=True, headers={"X-Forwarded-Proto": "https"})
    for cookie in answer.cookies.values():
        assert cookie["secure"], cookie.key
        assert cookie["samesite"] == "Lax"


def test_44_https_without_a_proxy_of_ours_is_a_contradiction_that_is_named():
    assert "say TRUSTED_PROXIES=1" in started(SITE_URL="https://radio.example.org").stderr


def started(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py as an installation of its own."""
    command = [sys.executable, "manage.py", *(words or ("check",))]
    variables = {**os.environ, **environment}
    return subprocess.run(command, cwd=BASE_DIR, env=variables, capture_output=True, text=True, check=False)
