"""Machines come in with keys that may little, are told once, and are replaced while both work."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.audit.models import SecurityEvent
from accounts.keys import api_keys
from accounts.keys.errors import KeyInvalidError, KeyOverError
from accounts.keys.models import ApiKey
from tests.factories import make_api_key, make_station, make_user

LIST = "/api/v1/api-keys/"
GUARDED = "/api/v1/loops/"


@pytest.fixture
def owner(db):
    return make_user("owner@example.org", is_superuser=True)


@pytest.fixture
def browser(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


def seen(text: str, scheme: str = "Token") -> int:
    return int(APIClient().get(GUARDED, HTTP_AUTHORIZATION=f"{scheme} {text}").status_code)


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "token"])
def test_a_key_opens_what_its_person_may_see(owner, scheme):
    assert seen(make_api_key(owner)[1], scheme) == 200


def test_a_key_is_told_once_and_only_its_digest_is_kept(browser, owner):
    made = browser.post(LIST, {"name": "Studio", "actions": ["read"]}, format="json")
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    text = made.data["key"]
    assert len(text) == 55
    assert seen(text) == 200
    row = ApiKey.objects.values().get()
    assert text not in str(row)
    assert text not in str(browser.get(LIST).data)
    assert text not in str(browser.get(f"{LIST}{made.data['id']}/").data)
    assert text not in str(list(SecurityEvent.objects.values()))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "actions": ["read"]}, "name"),
        ({"name": "A\nB", "actions": ["read"]}, "name"),
        ({"name": "A", "actions": []}, "actions"),
        ({"name": "A", "actions": ["everything"]}, "actions"),
        ({"name": "A", "actions": ["streaming.fly_station"]}, "actions"),
        ({"name": "A", "actions": ["read"], "stations": ["nowhere"]}, "stations"),
        ({"name": "A", "actions": ["read"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_what_cannot_be_a_key_is_refused_at_its_field(browser, body, field):
    refused = browser.post(LIST, body, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert not ApiKey.objects.exists()


def test_a_key_is_bound_to_stations_by_their_short_names(browser):
    station = make_station()
    made = browser.post(LIST, {"name": "A", "actions": ["write"], "stations": ["night-fm"]}, format="json")
    assert made.data["stations"] == ["night-fm"]
    assert ApiKey.objects.get().stations == [station.pk]


def test_nobody_binds_a_key_to_a_station_they_do_not_work_at(db):
    make_station()
    client = APIClient()
    client.force_authenticate(make_user())
    refused = client.post(LIST, {"name": "A", "actions": ["read"], "stations": ["night-fm"]}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "stations")


@pytest.mark.parametrize("ending", ["revoked", "run out", "person closed", "changed by a letter"])
def test_a_key_that_is_over_opens_nothing_and_says_why(owner, ending):
    key, text = make_api_key(owner)
    if ending == "revoked":
        api_keys.revoke_key(key=key)
    elif ending == "run out":
        ApiKey.objects.update(expires_at=timezone.now())
    elif ending == "person closed":
        owner.is_active = False
        owner.save()
    else:
        text = text[:-1] + ("a" if text[-1] != "a" else "b")
    refused = APIClient().get(GUARDED, HTTP_AUTHORIZATION=f"Token {text}")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    event = SecurityEvent.objects.get(kind="key_refused")
    assert (event.outcome, text in str(vars(event))) == ("refused", False)


def test_a_key_to_read_changes_nothing(owner):
    make_station()
    _, text = make_api_key(owner, actions=["read"])
    client = APIClient(HTTP_AUTHORIZATION=f"Token {text}")
    assert client.patch("/api/v1/stations/night-fm/", {"wanted_on_air": False}, format="json").status_code == 403
    assert client.get("/api/v1/stations/night-fm/destinations/").status_code == 200


def test_a_key_of_one_station_finds_no_other(owner):
    here, _ = make_station(), make_station("day-fm")
    _, text = make_api_key(owner, stations=[here.pk])
    client = APIClient(HTTP_AUTHORIZATION=f"Token {text}")
    assert client.get("/api/v1/stations/night-fm/destinations/").status_code == 200
    assert client.get("/api/v1/stations/day-fm/destinations/").status_code == 404


def test_a_key_makes_no_keys_and_signs_nobody_out(owner):
    _, text = make_api_key(owner)
    client = APIClient(HTTP_AUTHORIZATION=f"Token {text}")
    assert client.get(LIST).status_code == 403
    assert client.post(LIST, {"name": "A", "actions": ["write"]}, format="json").status_code == 403
    assert client.delete("/api/v1/auth/token/families/").status_code == 403


def test_last_use_is_written_at_most_once_a_minute(owner, django_assert_num_queries):
    key, _ = make_api_key(owner)
    with django_assert_num_queries(1):
        api_keys.used(key)
        api_keys.used(key)
    first = ApiKey.objects.get().used_at
    assert first is not None
    ApiKey.objects.update(used_at=first - timedelta(minutes=1, seconds=1))
    api_keys.used(ApiKey.objects.get())
    last = ApiKey.objects.get().used_at
    assert last is not None
    assert last > first


def test_both_keys_work_until_the_overlap_is_over(browser, owner):
    key, old = make_api_key(owner, name="Studio", actions=["read"])
    made = browser.post(f"{LIST}{key.pk}/rotation/", {"overlap_hours": 1}, format="json")
    assert (made.status_code, made.data["name"], made.data["actions"]) == (201, "Studio", ["read"])
    assert (seen(old), seen(made.data["key"])) == (200, 200)
    key.refresh_from_db()
    assert key.replaced_by_id == ApiKey.objects.exclude(pk=key.pk).get().pk
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    assert (seen(old), seen(made.data["key"])) == (401, 200)


def test_rotation_keeps_a_keys_term_and_never_lengthens_the_old_ones(owner):
    end = timezone.now() + timedelta(hours=2)
    key, _ = make_api_key(owner, expires_at=end)
    made, _ = api_keys.rotate_key(key=key, overlap=timedelta(hours=24))
    key.refresh_from_db()
    assert key.expires_at == end
    assert made.expires_at is not None
    assert made.expires_at - made.created_at == end - key.created_at


def test_a_key_is_replaced_once_and_not_when_it_is_over(owner):
    key, _ = make_api_key(owner)
    api_keys.rotate_key(key=key)
    with pytest.raises(KeyOverError):
        api_keys.rotate_key(key=key)
    revoked, _ = make_api_key(owner)
    api_keys.revoke_key(key=revoked)
    with pytest.raises(KeyOverError):
        api_keys.rotate_key(key=revoked)
    with pytest.raises(KeyInvalidError):
        api_keys.rotate_key(key=make_api_key(owner)[0], overlap=timedelta(days=31))


def test_nobody_sees_or_ends_another_persons_key(owner):
    key, text = make_api_key(owner)
    client = APIClient()
    client.force_authenticate(make_user("other@example.org", is_superuser=True))
    assert client.get(LIST).data["results"] == []
    assert client.get(f"{LIST}{key.pk}/").status_code == 404
    assert client.delete(f"{LIST}{key.pk}/").status_code == 404
    assert client.post(f"{LIST}{key.pk}/rotation/", {}, format="json").status_code == 404
    assert seen(text) == 200


def test_a_person_revokes_a_key(browser, owner):
    key, text = make_api_key(owner)
    assert browser.delete(f"{LIST}{key.pk}/").status_code == 204
    assert seen(text) == 401
    assert SecurityEvent.objects.filter(kind="key_revoked").count() == 1


def test_a_key_of_before_goes_on_working_and_lies_nowhere_as_it_is(owner):
    before = "0123456789abcdef0123456789abcdef01234567"
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE authtoken_token (key varchar(40) PRIMARY KEY, created timestamptz NOT NULL, user_id uuid "
            "NOT NULL UNIQUE REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED)"
        )
        cursor.execute("INSERT INTO authtoken_token VALUES (%s, now(), %s)", [before, owner.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor(atomic=False) as editor:
        import_module("accounts.migrations.0006_old_keys").take_over(apps, editor)
    assert "authtoken_token" not in connection.introspection.table_names()
    assert seen(before) == 200
    assert before not in str(ApiKey.objects.values().get())
