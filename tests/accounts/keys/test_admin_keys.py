"""Administrators see whose keys there are and take one back; nobody is shown a key."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import enter, make_api_key, make_station, make_user

LIST = reverse("admin:accounts_apikey_changelist")


@pytest.fixture
def key(db):
    station = make_station()
    return make_api_key(make_user("ayu@example.org"), name="Studio", actions=["read"], stations=[station.pk])[0]


def test_keys_are_listed_and_never_shown(operator, key):
    page = operator.get(LIST).content.decode()
    assert key.prefix in page
    assert "Studio" in page
    assert key.digest not in page


def test_a_key_is_revoked_after_one_question(operator, key):
    operator.post(reverse("admin:accounts_apikey_revoke", args=[key.pk]), {"_form_submitted": "on"})
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_keys_are_neither_made_nor_changed_here(operator, key):
    assert operator.get(reverse("admin:accounts_apikey_add")).status_code == 403
    change = reverse("admin:accounts_apikey_change", args=[key.pk])
    operator.post(change, {"name": "Other", "digest": "0" * 64})
    key.refresh_from_db()
    assert key.name == "Studio"


def test_staff_without_the_permission_see_no_keys(client, key):
    enter(client, make_user("editor@example.org", is_staff=True))
    assert client.get(LIST).status_code == 403
    revoke = reverse("admin:accounts_apikey_revoke", args=[key.pk])
    assert client.post(revoke, {"_form_submitted": "on"}).status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None
