"""Who may see and change which rows."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.people.matrix import GROUPS, TABLE, Role, known_permissions, permissions_of
from catalog.models import Loop, Track
from streaming.models import Alert, Destination, PlatformAccount, Station, TitleDesign
from streaming.outputs.services import add_destination
from streaming.stations.access import rows_of, stations_of
from streaming.stations.members import StationMember
from tests.factories import make_loop, make_user
from tests.security.cast import cast

__all__ = ["cast"]


def test_a_role_holds_at_its_station_and_nowhere_else(cast):
    operator = cast["operator"]

    assert operator.has_perm("streaming.change_station", cast.station)
    assert not operator.has_perm("streaming.change_station", cast.elsewhere)
    assert operator.has_perm("streaming.change_station"), "anywhere at all: opens the screen"


def test_a_group_holds_everywhere(cast):
    assert cast["manager"].has_perm("streaming.change_station")
    assert list(stations_of(cast["manager"], "streaming.change_station")) == [cast.elsewhere, cast.station]
    assert cast["manager"].has_perm("streaming.change_station", cast.elsewhere)


@pytest.mark.parametrize("name", ["stranger", "listener", "presenter", "editor"])
def test_who_has_no_role_for_it_may_not(cast, name):
    person = cast[name]

    assert not person.has_perm("streaming.view_destination")
    assert not person.has_perm("streaming.view_destination", cast.station)
    assert not stations_of(person, "streaming.view_destination").exists()


def test_lists_hold_the_rows_of_ones_stations(cast):
    ours = add_destination(station=cast.station, url="rtmp://live.example.org/app", key="abcd-efgh")
    add_destination(station=cast.elsewhere, url="rtmp://live.example.org/app", key="else-where")

    assert list(rows_of(cast["operator"], "streaming.view_destination", Destination.objects.all())) == [ours]
    assert not rows_of(cast["editor"], "streaming.view_destination", Destination.objects.all()).exists()


def test_loops_are_seen_by_all_who_work_with_them_and_changed_by_who_sent_them(cast):
    editor = cast["editor"]
    own, other = make_loop("Own", uploaded_by=editor), make_loop("Other", uploaded_by=cast["operator"])

    assert set(rows_of(editor, "catalog.view_loop", Loop.objects.all())) == {own, other}
    assert list(rows_of(editor, "catalog.change_loop", Loop.objects.all())) == [own]
    assert editor.has_perm("catalog.delete_loop", own)
    assert not editor.has_perm("catalog.delete_loop", other)
    assert cast["manager"].has_perm("catalog.delete_loop", other)
    assert not rows_of(cast["listener"], "catalog.view_track", Track.objects.all()).exists()


def test_an_alert_of_no_station_is_for_who_sees_them_all(cast):
    about = {"kind": "node-gone", "severity": "error", "sentence": "Look.", "seen_at": cast.station.created_at}
    ours = Alert.objects.create(station=cast.station, subject="a", **about)
    of_house = Alert.objects.create(station=None, subject="b", **about)

    assert list(rows_of(cast["operator"], "streaming.view_alert", Alert.objects.all())) == [ours]
    assert set(rows_of(cast["manager"], "streaming.view_alert", Alert.objects.all())) == {ours, of_house}


def test_a_connected_channel_is_seen_where_it_is_used(cast):
    used = PlatformAccount.objects.create(platform="youtube", name="Used")
    PlatformAccount.objects.create(platform="youtube", name="Unused", external_id="2")
    for title in ("one", "two"):
        used.plans.create(station=cast.station, title=title)

    assert list(rows_of(cast["operator"], "streaming.view_platformaccount", PlatformAccount.objects.all())) == [used]


def test_a_design_that_was_never_saved_belongs_to_its_station(cast):
    assert cast["editor"].has_perm("streaming.change_titledesign", TitleDesign(station=cast.station))
    assert not cast["editor"].has_perm("streaming.change_titledesign", TitleDesign(station=cast.elsewhere))
    assert not cast["editor"].has_perm("streaming.change_titledesign", TitleDesign())


def test_a_closed_account_may_nothing(cast):
    operator = cast["operator"]
    operator.is_active = False

    assert not operator.has_perm("streaming.change_station", cast.station)
    assert not stations_of(operator, "streaming.view_station").exists()
    assert not operator.get_all_permissions()


def test_a_superuser_may_everything(cast):
    root = make_user("root@example.org", is_superuser=True)

    assert root.has_perm("streaming.change_node")
    assert stations_of(root, "streaming.delete_station").count() == Station.objects.count()


def test_what_is_nobodys_by_the_table_is_nobodys(cast):
    assert not cast["admin"].has_perm("accounts.view_signingkey")
    assert not rows_of(cast["operator"], "streaming.view_quotause", Destination.objects.all()).exists()


def test_two_roles_at_two_stations_do_not_mix(cast):
    person = cast["operator"]
    StationMember.objects.create(station=cast.elsewhere, person=person, role="editor")
    person = type(person).objects.get(pk=person.pk)

    assert person.has_perm("streaming.change_trackmapping", None)
    assert list(stations_of(person, "streaming.view_destination")) == [cast.station]
    assert set(stations_of(person, "streaming.change_trackmapping")) == {cast.station, cast.elsewhere}


@pytest.mark.django_db
def test_the_groups_hold_exactly_what_the_table_says():
    for role in GROUPS:
        held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
        assert {f"{app}.{codename}" for app, codename in held} == set(permissions_of(role))


@pytest.mark.django_db
def test_every_name_in_the_table_is_a_permission():
    there = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}

    assert known_permissions() <= there


def test_who_may_run_the_house_may_all_that_others_may():
    for role in Role:
        assert permissions_of(role) <= permissions_of(Role.ADMIN)


def test_a_line_is_told_once():
    lines = [(heading, row.words) for heading, rows in TABLE.items() for row in rows]

    assert len(lines) == len(set(lines))
