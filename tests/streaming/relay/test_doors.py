"""The relay's doors: only it may call, and only a name that is taken is refused."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.streaming.relay.conftest import SECRET

pytestmark = pytest.mark.django_db
PUBLISH, DONE = reverse("relay-publish"), reverse("relay-publish-done")


@pytest.mark.parametrize("url", [PUBLISH, DONE])
@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + " ", "ключ"])
def test_nobody_else_is_listened_to(client, switched_on, url, secret):
    headers = {} if secret is None else {"X-Relay-Secret": secret.encode().decode("latin-1")}
    assert client.post(url, headers=headers).status_code == 403


@pytest.mark.parametrize("url", [PUBLISH, DONE])
def test_without_a_relay_there_is_no_door(client, url, settings):
    assert client.post(url, headers={"X-Relay-Secret": SECRET}).status_code == 404


def test_a_door_is_not_looked_through(client, switched_on):
    assert client.get(PUBLISH).status_code == 405


def test_a_relay_that_does_not_tell_lets_its_publisher_in(client, switched_on):
    headers = {"X-Relay-Secret": SECRET, "X-Relay-Name": "n" * 32, "X-Relay-Client": "7"}
    assert client.post(PUBLISH, headers=headers).status_code == 303
    assert client.post(DONE, headers=headers).status_code == 204
