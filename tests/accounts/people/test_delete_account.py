"""An account ends: what was the person's is gone, what was the station's stays without a name."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.audit.models import Change, SecurityEvent
from accounts.audit.services import note
from accounts.people.avatars import set_avatar
from accounts.people.deletion import delete_person, what_will_happen
from accounts.people.errors import LastAdminError
from accounts.people.holdings import HOLDINGS, TOLD_APART
from accounts.people.models import User
from accounts.people.services import change_profile, set_phone
from streaming.stations.members import StationMember
from tests.accounts.people.conftest import kept, picture
from tests.factories import make_loop, make_station, make_user

pytestmark = pytest.mark.django_db


def test_every_table_that_points_at_people_is_spoken_of():
    relations = [f for f in User._meta.get_fields(include_hidden=True) if f.is_relation and f.auto_created]
    pointing = {(r.related_model._meta.label, r.field.name) for r in relations if not r.related_model._meta.proxy}
    spoken = {(held.model, held.column) for held in HOLDINGS}
    assert {found for found in pointing - spoken if found[0] not in TOLD_APART} == set()


def test_what_is_said_of_a_table_is_what_the_database_does():
    ends = {(held.model, held.column): held.end.name for held in HOLDINGS}
    rules = {"CASCADE": "GOES", "SET_NULL": "STAYS"}
    for (model, column), end in ends.items():
        rule = getattr(apps.get_model(model)._meta.get_field(column).remote_field, "on_delete", None)
        if rule is not None:
            assert rules[rule.__name__] == end, (model, column)


@pytest.mark.usefixtures("places")
def test_all_that_was_the_persons_goes(person, places, django_capture_on_commit_callbacks):
    browser = Client()
    browser.force_login(person)
    browser.get("/account/")
    StationMember.objects.create(station=make_station(), person=person, role=StationMember.Role.EDITOR)
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(person=person, file=SimpleUploadedFile("me.jpg", picture()))
        delete_person(person=person, by=person)

    assert not User.objects.exists()
    assert not StationMember.objects.exists()
    assert not UserSession.objects.exists()
    assert kept(places) == []
    assert browser.get("/account/").headers["Location"].startswith("/account/login/")


def test_what_the_station_needs_stays_without_a_name(person):
    loop = make_loop(uploaded_by=person)
    delete_person(person=person)
    loop.refresh_from_db()
    assert loop.uploaded_by is None


def test_no_row_of_any_table_names_the_person_afterwards(person):
    boss = make_user("boss@example.org", is_superuser=True)
    set_phone(person=person, phone="+628123456789")
    change_profile(person=person, first_name="Wulandari", bio="Plays vinyl on Sundays")
    note("sign_in", person=person, detail_of="x")
    note("sign_in", refused=True, who=person.email)
    people = ContentType.objects.get_for_model(User)
    told = {"content_type": people, "object_id": str(person.pk), "object_repr": person.email, "action_flag": CHANGE}
    LogEntry.objects.create(user=boss, change_message=f"renamed {person.email}", **told)
    name = delete_person(person=person, by=boss)

    assert name.startswith("gone-")
    assert [
        found for word in ("ayu@example.org", "8123456789", "Wulandari", "vinyl") for found in rows_with(word)
    ] == []
    assert SecurityEvent.objects.filter(who=name).count() >= 2
    assert Change.objects.filter(kind="accounts.user", object_name=name).exists()
    assert SecurityEvent.objects.get(kind="account_deleted").who == "boss@example.org"


def rows_with(word):
    """Which tables have a row that holds the word, anywhere."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{word}%"])  # noqa: S608 - names of our own tables
            if cursor.fetchone()[0]:
                yield table, word


def test_the_last_administrator_stays(person):
    person.is_superuser = True
    person.save()
    with pytest.raises(LastAdminError, match="is the last administrator"):
        delete_person(person=person)
    assert User.objects.filter(pk=person.pk).exists()


def test_beforehand_it_is_said_what_goes_and_what_stays(person):
    make_loop(uploaded_by=person)
    StationMember.objects.create(station=make_station(), person=person, role=StationMember.Role.EDITOR)
    told = {line.words: (line.count, line.goes) for line in what_will_happen(person)}
    assert told["loops"] == (1, False)
    assert told["station roles"] == (1, True)
    assert "tracks" not in told
