"""A person's own account by the API."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from accounts.keys.api_keys import make_key
from accounts.people.avatars import MOST_BYTES
from accounts.people.models import User
from tests.accounts.people.conftest import kept, picture
from tests.factories import make_loop, make_user

pytestmark = pytest.mark.django_db
ME, AVATAR, EXPORT = "/api/v1/me/", "/api/v1/me/avatar/", "/api/v1/me/export/"
PASSWORD = "correct horse battery"


@pytest.fixture
def api(person):
    client = APIClient()
    client.force_login(person)
    return client


def test_one_sees_oneself(api, person):
    answer = api.get(ME).json()
    assert (answer["email"], answer["first_name"], answer["role"]) == ("ayu@example.org", "Ayu", "user")
    assert (answer["phone"], answer["avatar"], answer["bio"]) == (None, False, "")
    assert "password" not in answer


@pytest.mark.parametrize("path", [ME, AVATAR, EXPORT])
def test_strangers_are_asked_who_they_are_and_programs_sent_away(person, path):
    assert APIClient().get(path).status_code == 401
    _, text = make_key(person=person, name="script", actions=["write"])
    assert APIClient(HTTP_AUTHORIZATION=f"Token {text}").get(path).status_code == 403


def test_what_one_tells_is_changed_and_the_rest_stays(api, person):
    api.patch(ME, {"bio": "Night shift"}, format="json")
    answer = api.patch(ME, {"last_name": "Lestari"}, format="json").json()
    assert (answer["first_name"], answer["last_name"], answer["bio"]) == ("Ayu", "Lestari", "Night shift")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"bio": "x" * 2001}, "bio"),
        ({"first_name": "x" * 151}, "first_name"),
        ({"last_name": 7.5, "bio": ["x"]}, "bio"),
        ({"address": "\x00"}, "address"),
    ],
)
def test_what_cannot_be_kept_is_named(api, told, field):
    refused = api.patch(ME, told, format="json")
    assert refused.status_code == 422
    assert field in {error["field"] for error in refused.json()["errors"]}


def test_half_a_character_is_no_text(api):
    refused = api.patch(ME, b'{"bio": "a\\ud800b"}', content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "bio")


@pytest.mark.usefixtures("places")
class TestPicture:
    def send(self, api, body, name="me.jpg"):
        return api.put(AVATAR, {"file": SimpleUploadedFile(name, body)}, format="multipart")

    def test_it_is_kept_sent_back_and_removed(self, api, places, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            assert self.send(api, picture("WEBP")).json()["avatar"] is True
            found = api.get(AVATAR)
            assert Image.open(io.BytesIO(found.content)).size == (512, 512)
            assert found.headers["Content-Type"] == "image/webp"
            assert api.delete(AVATAR).status_code == 204
        assert api.get(AVATAR).status_code == 404
        assert kept(places) == []

    @pytest.mark.parametrize(("body", "status"), [(b"", 422), (b"GIF89a", 422), (picture() + bytes(MOST_BYTES), 413)])
    def test_what_is_refused_names_the_file_and_leaves_nothing(self, api, places, body, status):
        refused = self.send(api, body)
        assert refused.status_code == status
        assert refused.json()["errors"][0]["field"] == "file"
        assert kept(places) == []

    def test_a_body_that_says_it_is_too_large_is_not_read(self, api):
        assert (
            api.put(
                AVATAR, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(2 * MOST_BYTES)
            ).status_code
            == 413
        )

    def test_without_a_file_the_field_is_named(self, api):
        assert api.put(AVATAR, {}, format="multipart").json()["errors"][0]["field"] == "file"


def test_all_that_is_held_comes_as_a_file(api, person):
    make_loop(uploaded_by=person)
    answer = api.get(EXPORT)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.json()["loops"][0]["name"] == "Rain on glass"


def test_the_account_is_deleted_with_its_password(api):
    assert api.delete(ME, {"password": PASSWORD}, format="json").status_code == 204
    assert not User.objects.exists()
    assert api.get(ME).status_code in {401, 403}


@pytest.mark.parametrize(("told", "status"), [({}, 422), ({"password": ""}, 422), ({"password": "guess"}, 403)])
def test_without_the_password_it_stays(api, person, told, status):
    refused = api.delete(ME, told, format="json")
    assert refused.status_code == status
    assert refused.json()["errors"][0]["field"] == "password"
    assert User.objects.filter(pk=person.pk).exists()


def test_the_last_administrator_stays():
    boss = make_user("boss@example.org", is_superuser=True)
    client = APIClient()
    client.force_authenticate(boss)
    assert client.delete(ME, {"password": PASSWORD}, format="json").status_code in {403, 409}
    assert User.objects.filter(pk=boss.pk).exists()
