"""A browser keeps its tokens in cookies that no script reads, and proves with each change that the page is ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from tests.accounts.keys.conftest import PASSWORD

FAMILIES = "/api/v1/auth/token/families/"


@pytest.fixture
def browser(person):
    client: Any = APIClient(enforce_csrf_checks=True)
    body = {"email": person.email, "password": PASSWORD, "cookies": True}
    client.answer = client.post("/api/v1/auth/token/", body, format="json")
    client.csrf = client.answer.data["csrf_token"]
    return client


def test_no_token_is_in_the_answer_and_no_script_can_read_the_cookies(browser):
    assert not {"access", "refresh"} & browser.answer.data.keys()
    for name, path in ((settings.ACCESS_COOKIE, "/api/"), (settings.REFRESH_COOKIE, "/api/v1/auth/token/")):
        cookie = browser.answer.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", path)


def test_cookies_are_secure_where_the_site_is(person, settings):
    settings.SESSION_COOKIE_SECURE = True
    body = {"email": person.email, "password": PASSWORD, "cookies": True}
    answer = APIClient().post("/api/v1/auth/token/", body, format="json")
    assert answer.cookies[settings.ACCESS_COOKIE]["secure"]
    assert answer.cookies[settings.REFRESH_COOKIE]["secure"]


def test_reading_needs_the_cookie_only_and_changing_the_csrf_token_too(browser):
    assert browser.get(FAMILIES).status_code == 200
    assert browser.delete(FAMILIES).status_code == 403
    assert browser.delete(FAMILIES, HTTP_X_CSRFTOKEN=browser.csrf).status_code == 204


def test_refreshing_and_signing_out_need_the_csrf_token_too(browser):
    assert browser.post("/api/v1/auth/token/refresh/", {}, format="json").status_code == 403
    again = browser.post("/api/v1/auth/token/refresh/", {}, format="json", HTTP_X_CSRFTOKEN=browser.csrf)
    assert again.status_code == 200
    assert settings.ACCESS_COOKIE in again.cookies
    csrf = again.data["csrf_token"]
    assert browser.post("/api/v1/auth/token/end/", {}, format="json").status_code == 403
    out = browser.post("/api/v1/auth/token/end/", {}, format="json", HTTP_X_CSRFTOKEN=csrf)
    assert out.status_code == 204
    assert browser.get(FAMILIES).status_code == 401


def test_a_cookie_that_is_no_good_counts_as_none(db):
    client = APIClient()
    client.cookies[settings.ACCESS_COOKIE] = "not.a.token"
    assert client.get("/api/v1/stations/").status_code == 200
    assert client.get(FAMILIES).status_code == 401


def test_without_any_token_refreshing_says_what_is_missing(api, db):
    answer = api.post("/api/v1/auth/token/refresh/", {}, format="json")
    assert (answer.status_code, answer.data["errors"][0]["field"]) == (401, "refresh")
