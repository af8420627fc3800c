"""What changes in a watched table is written down, with its doer; secrets and counters are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.audit import acting
from accounts.audit.models import Change
from streaming.outputs.models import Destination
from streaming.stations.models import Station
from tests.factories import make_loop, make_mapping, make_station, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db


def newest(kind: str) -> Change:
    return Change.objects.filter(kind=kind)[0]


def test_what_was_added_changed_and_removed_is_told_by_column():
    station = make_station(name="Night FM")
    Station.objects.filter(pk=station.pk).update(name="Day FM", transition_ms=500)
    changed = newest("streaming.station")
    assert (changed.action, changed.object_id, changed.object_name) == ("update", str(station.pk), "Day FM")
    assert changed.changes == {"name": ["Night FM", "Day FM"], "transition_ms": [1000, 500]}
    assert changed.station == station.pk
    station.delete()
    removed = newest("streaming.station")
    assert removed.action == "delete"
    assert removed.changes["name"] == ["Day FM", None]


def test_bulk_writes_and_raw_sql_are_seen_too():
    station, loop = make_station(), make_loop()
    mapping = make_mapping(station, loop)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE track_mappings SET song_id = 'x' WHERE id = %s", [mapping.pk])
    assert newest("streaming.trackmapping").changes == {"song_id": ["", "x"]}
    type(mapping).objects.bulk_create([type(mapping)(station=station, loop=loop, track_key=f"k{n}") for n in range(3)])
    added = Change.objects.filter(kind="streaming.trackmapping", action="insert", object_name__startswith="k")
    assert added.count() == 3
    assert len(set(added.values_list("together", flat=True))) == 1


def test_of_a_secret_the_record_has_that_it_changed_and_nothing_more():
    station = make_station()
    row = Destination.objects.create(station=station, name="YouTube", key_sealed=b"sealed-bytes", key_hint="wxyz")
    added = newest("streaming.destination")
    assert added.changes["key_sealed"] == "hidden"
    assert added.changes["key_hint"] == "hidden"
    assert "passphrase_sealed" not in added.changes
    Destination.objects.filter(pk=row.pk).update(key_sealed=b"other")
    assert newest("streaming.destination").changes == {"key_sealed": "hidden"}
    person = make_user()
    person.set_password("another horse battery")
    person.save()
    assert newest("accounts.user").changes == {"password": "hidden"}
    everything = json.dumps(list(Change.objects.values_list("changes", flat=True)))
    assert "argon2" not in everything
    assert "wxyz" not in everything


def test_using_a_code_is_no_change_of_the_second_factor_but_another_secret_is():
    person = make_user()
    factor = TOTP.activate(person, generate_totp_secret()).instance
    factor.data["last_step"] = 7
    factor.save()
    assert newest("accounts.secondfactor").action == "insert"
    factor.data["secret"] = "another"
    factor.save()
    changed = newest("accounts.secondfactor")
    assert (changed.action, changed.changes) == ("update", {"data": "hidden"})


def test_what_an_encoder_reports_each_second_is_no_change():
    station = make_station()
    row = Destination.objects.create(station=station, name="YouTube")
    before = Change.objects.count()
    Destination.objects.filter(pk=row.pk).update(
        state="up", connected=True, bytes_total=99, queued_ms=5, counted={"a": 1}, connected_since=timezone.now()
    )
    Station.objects.filter(pk=station.pk).update(restart_wanted_at=timezone.now(), updated_at=timezone.now())
    assert Change.objects.count() == before


def test_groups_and_permissions_are_found_with_the_person_or_group_they_belong_to():
    person, group = make_user(), Group.objects.create(name="night shift")
    person.groups.add(group)
    assert newest("accounts.persongroup").object_id == str(person.pk)
    person.groups.remove(group)
    assert newest("accounts.persongroup").action == "delete"
    assert newest("accounts.watchedgroup").object_name == "night shift"


def test_whoever_is_named_for_a_block_is_written_beside_its_changes():
    with acting.acting("command", who="root@studio", path="station add"):
        station = make_station()
    told = newest("streaming.station")
    assert (told.door, told.who, told.path, told.person) == ("command", "root@studio", "station add", None)
    Station.objects.filter(pk=station.pk).update(name="Later")
    assert newest("streaming.station").object_name == "Later"


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_goes_back_to_the_pool_keeps_nothing_of_who_used_it():
    with acting.acting("command", who="root@studio"):
        make_station("first")
        assert newest("streaming.station").who == "root@studio"
    make_station("second")
    assert newest("streaming.station").who == ""


def test_quotes_and_percent_signs_in_a_name_do_no_harm():
    with acting.acting("command", who='o\'hara %s "x"; DROP TABLE users'):
        make_station()
    assert newest("streaming.station").who == 'o\'hara %s "x"; DROP TABLE users'


@pytest.mark.parametrize("change", [lambda rows: rows.update(who="nobody"), lambda rows: rows.delete()])
def test_the_record_itself_cannot_be_changed(change: Callable[[QuerySet[Change]], object]):
    make_station()
    with pytest.raises(DatabaseError, match="Cannot update or delete"):
        change(Change.objects.all())
