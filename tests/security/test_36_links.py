"""Control 36: links in mails begin with the station's own address, and ``next`` leads to this site alone."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
EVIL = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "///e.x",
]


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.SITE_URL = "https://radio.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://evil.example"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/account/password/reset/", {"email": "ana@example.org"}),
        ("/account/password/reset/", {"email": "nobody@example.org"}),
        ("/account/signup/", {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}),
        ("/account/signup/", {"email": "ana@example.org", "password1": PASSWORD, "password2": PASSWORD}),
        ("/api/v1/auth/password/reset/", {"email": "ana@example.org"}),
        ("/api/v1/auth/register/", {"email": "new@example.org", "password": PASSWORD}),
    ],
)
def test_no_mail_ever_names_the_host_of_a_request(path, body):
    make_user("ana@example.org")
    client = Client(HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example", HTTP_X_FORWARDED_PROTO="http")
    client.post(path, body, content_type="application/json" if path.startswith("/api/") else MULTIPART_CONTENT)
    (sent,) = mail.outbox
    everything = f"{sent.subject} {sent.body} {sent.alternatives[0][0]!s} {sent.from_email}"
    assert "evil" not in everything
    assert "https://radio.example.org" in everything


@pytest.mark.parametrize("after", EVIL)
def test_next_leads_to_no_other_site_after_signing_in(after):
    make_user("ana@example.org")
    client = Client(HTTP_HOST="localhost")
    sent = client.post("/account/login/", {"login": "ana@example.org", "password": PASSWORD, "next": after})
    assert sent.headers["Location"] == "/account/"


@pytest.mark.parametrize("after", EVIL)
def test_nor_does_it_after_signing_out_or_from_the_consoles_door(after):
    person = make_user("op@example.org", is_staff=True)
    client = Client(HTTP_HOST="localhost")
    client.force_login(person)
    wanted = client.get("/account/2fa/wanted/", {"next": after})
    assert "evil" not in wanted.content.decode()
    assert client.post("/account/logout/", {"next": after}).headers["Location"] == "/"
    shown = client.get("/admin/login/", {"next": after})
    assert shown.headers["Location"] == "/account/login/?next=/admin/"


def test_it_leads_where_one_wanted_to_go_on_this_site():
    make_user("ana@example.org")
    sent = Client().post("/account/login/", {"login": "ana@example.org", "password": PASSWORD, "next": "/stations/x/"})
    assert sent.headers["Location"] == "/stations/x/"
