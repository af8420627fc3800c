"""A presenter's key is shown once, kept as a digest, and can be taken back."""

from __future__ import annotations

import pytest

from streaming.ingest.errors import KeyInvalidError
from streaming.ingest.keys import find_key
from streaming.ingest.models import PresenterKey
from streaming.ingest.services import create_presenter_key, revoke_presenter_key
from tests.factories import make_station

pytestmark = pytest.mark.django_db


def test_a_key_is_long_random_and_fits_into_an_address(station):
    keys = {create_presenter_key(station=station, name=f"P{n}", created_by=None)[1] for n in range(20)}

    assert len(keys) == 20
    assert all(len(key) >= 32 and key.replace("-", "").replace("_", "").isalnum() for key in keys)


def test_nothing_that_is_stored_opens_the_door(ayu):
    row, key = ayu

    stored = PresenterKey.objects.filter(pk=row.pk).values().get()
    assert not [value for value in stored.values() if isinstance(value, str) and key in value]
    assert stored["hint"] == key[-4:]
    assert find_key(key) == row
    assert find_key(row.digest) is None
    assert find_key(row.hint) is None


def test_a_digest_is_worth_nothing_under_another_secret_key(ayu, settings):
    _, key = ayu
    settings.SECRET_KEY = "another installation's"

    assert find_key(key) is None


@pytest.mark.parametrize(("name", "sentence"), [("  ", "Say whose key"), ("x" * 121, "120 characters")])
def test_a_name_that_cannot_be_shown_is_refused(station, name, sentence):
    with pytest.raises(KeyInvalidError, match=sentence) as refused:
        create_presenter_key(station=station, name=name, created_by=None)
    assert refused.value.field == "name"


def test_a_presenter_has_one_key_at_a_station_until_it_is_revoked(station, ayu):
    with pytest.raises(KeyInvalidError, match="ayu has a key already"):
        create_presenter_key(station=station, name="ayu", created_by=None)
    create_presenter_key(station=make_station("day-fm"), name="Ayu", created_by=None)

    revoke_presenter_key(key=ayu[0])

    assert create_presenter_key(station=station, name="Ayu", created_by=None)[0].pk != ayu[0].pk


def test_revoking_twice_keeps_the_first_moment(ayu):
    revoke_presenter_key(key=ayu[0])
    first = ayu[0].revoked_at
    revoke_presenter_key(key=ayu[0])

    assert ayu[0].revoked_at == first is not None
