"""A person's own pages: what they tell, their picture, their data, and the way out."""

from __future__ import annotations

import io
import json
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.audit.models import SecurityEvent
from accounts.people.avatars import MOST_BYTES
from accounts.people.models import Profile, User
from tests.accounts.people.conftest import kept, picture
from tests.factories import enter, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
SURE = {"password": PASSWORD, "sure": "on"}


@pytest.fixture
def browser(client, person):
    client.force_login(person)
    return client


@pytest.mark.parametrize("path", ["", "picture/", "export/", "delete/"])
def test_strangers_are_asked_to_sign_in(client, path):
    assert client.get(f"/account/{path}").url.startswith("/account/login/?next=/account/")


def test_what_is_told_is_kept(browser, person):
    told = {"first_name": " Ayu \u202e", "last_name": "Lestari", "address": "Jl. Mawar 1\r\nBandung", "bio": ""}
    assert browser.post("/account/", told).url == "/account/"

    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Ayu", "Lestari")
    assert person.profile.address == "Jl. Mawar 1\nBandung"
    page = browser.get("/account/").content.decode()
    assert "Ayu Lestari" in page
    assert "Kept." in page


@pytest.mark.parametrize("field", ["first_name", "address", "bio"])
def test_what_is_too_long_is_named_and_nothing_is_kept(browser, person, field):
    page = browser.post("/account/", {"last_name": "Lestari", field: "x" * 3000})
    assert page.context["form"].errors[field]
    person.refresh_from_db()
    assert person.last_name == ""


def test_nothing_else_of_a_person_is_changed_there(browser, person):
    more = {"is_staff": "on", "is_superuser": "on", "email": "x@example.org", "phone": "+628123456789", "groups": "1"}
    browser.post("/account/", {"first_name": "Ayu", **more})
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser, person.email, person.phone) == (
        False,
        False,
        "ayu@example.org",
        None,
    )
    assert not person.groups.exists()


@pytest.mark.usefixtures("places")
class TestPicture:
    def test_it_is_sent_back_as_what_it_is_and_to_nobody_else(self, browser):
        sent = SimpleUploadedFile("x.html", picture(), content_type="text/html")
        assert browser.post("/account/picture/", {"file": sent}).url == "/account/"

        answer = browser.get("/account/picture/")

        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert Image.open(io.BytesIO(answer.content)).size == (512, 512)
        other = Client()
        other.force_login(make_user("other@example.org"))
        assert other.get("/account/picture/").status_code == 404

    def test_what_is_no_picture_is_said_at_the_field(self, browser, places):
        page = browser.post("/account/picture/", {"file": SimpleUploadedFile("me.png", b"<svg/>")})
        assert page.status_code == 422
        assert "JPEG, PNG or WebP" in page.context["picture"].errors["file"][0]
        assert kept(places) == []

    def test_one_that_is_too_large_is_refused_while_it_comes(self, browser, places):
        sent = SimpleUploadedFile("me.jpg", picture() + bytes(MOST_BYTES))
        page = browser.post("/account/picture/", {"file": sent}, follow=True).content.decode()
        assert "more than 10 MiB" in page
        assert kept(places) == []

    def test_without_the_token_of_the_form_nothing_is_taken(self, person, places):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(person)
        sent = SimpleUploadedFile("me.jpg", picture())
        assert browser.post("/account/picture/", {"file": sent}).status_code == 403
        assert kept(places) == []

    def test_it_is_removed(self, browser, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            browser.post("/account/picture/", {"file": SimpleUploadedFile("me.jpg", picture())})
            browser.post("/account/picture/remove/")
        assert browser.get("/account/picture/").status_code == 404


def test_the_data_come_as_a_file(browser, person):
    answer = browser.get("/account/export/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="longwave-account-')
    assert answer.headers["Cache-Control"].startswith("no-store")
    assert json.loads(answer.content)["account"]["email"] == person.email


def test_an_account_is_deleted_after_one_question(browser, person):
    assert "cannot be brought back" in browser.get("/account/delete/").content.decode()

    gone = browser.post("/account/delete/", SURE)

    assert "Your account is gone" in gone.content.decode()
    assert not User.objects.exists()
    assert browser.get("/account/").url.startswith("/account/login/")


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"password": PASSWORD}, "sure"), ({"sure": "on"}, "password"), ({**SURE, "password": "guess"}, "password")],
)
def test_without_being_sure_and_the_password_nothing_is_deleted(browser, person, sent, field):
    page = browser.post("/account/delete/", sent)
    assert page.context["form"].errors[field]
    assert User.objects.filter(pk=person.pk).exists()


def test_wrong_passwords_are_counted_and_written_down(browser, person):
    answers = [browser.post("/account/delete/", {**SURE, "password": f"guess {n}"}) for n in range(11)]
    assert "Too many tries" in answers[-1].content.decode()
    assert SecurityEvent.objects.filter(kind="account_deleted", outcome="refused").count() == 10
    assert User.objects.filter(pk=person.pk).exists()


@pytest.fixture
def without_password(client, person):
    person.set_unusable_password()
    person.save()
    return person


def test_without_a_password_one_has_to_have_signed_in_just_now(client, without_password):
    client.force_login(without_password)
    begun = client.session
    begun["signed_in_at"] = begun["seen_at"] = int(time.time()) - 1000
    begun.save()

    page = client.post("/account/delete/", {"sure": "on"})

    assert "You signed in a while ago" in page.content.decode()
    assert User.objects.filter(pk=without_password.pk).exists()
    anew = Client()
    anew.force_login(without_password)
    anew.post("/account/delete/", {"sure": "on"})
    assert not User.objects.exists()


def test_without_a_password_the_second_factor_is_asked_for(client, without_password):
    enter(client, without_password)
    begun = client.session
    begun["account_authentication_methods"][0]["at"] -= 2000
    begun.save()
    answer = client.post("/account/delete/", {"sure": "on"})
    assert answer.url.startswith(("/account/reauthenticate/", "/account/2fa/reauthenticate/"))
    assert User.objects.filter(pk=without_password.pk).exists()


def test_the_last_administrator_is_told_so(client):
    boss = make_user("boss@example.org", is_staff=True, is_superuser=True)
    client.force_login(boss)
    assert "last administrator" in client.get("/account/delete/").content.decode()
    client.post("/account/delete/", SURE)
    assert User.objects.filter(pk=boss.pk).exists()


def test_a_name_is_text_wherever_it_stands(browser, person):
    browser.post(
        "/account/", {"first_name": "<script>alert(1)</script>", "bio": "</textarea><script>alert(2)</script>"}
    )
    page = browser.get("/account/").content.decode()
    assert "<script>alert" not in page
    assert Profile.objects.get(person=person).bio.startswith("</textarea>")
