"""A key may no more than its actions and stations say."""

from __future__ import annotations

import uuid

import pytest

from accounts.keys.models import ApiKey
from accounts.keys.scopes import bound_to, permits, permits_unbound

HERE, THERE = uuid.uuid4(), uuid.uuid4()
LOOK, CHANGE = "streaming.view_station", "streaming.change_station"


@pytest.mark.parametrize("auth", [None, object()])
def test_a_session_and_a_token_are_the_person(auth):
    assert permits(auth, CHANGE, HERE)
    assert permits_unbound(auth, CHANGE)
    assert bound_to(auth) is None


@pytest.mark.parametrize(
    ("actions", "may_look", "may_change"),
    [
        ([], False, False),
        (["read"], True, False),
        (["write"], True, True),
        ([CHANGE], False, True),
        ([LOOK], True, False),
    ],
)
def test_actions_are_groups_or_single_permissions(actions, may_look, may_change):
    key = ApiKey(actions=actions)
    assert (permits(key, LOOK, HERE), permits(key, CHANGE, HERE)) == (may_look, may_change)
    assert (permits_unbound(key, LOOK), permits_unbound(key, CHANGE)) == (may_look, may_change)


def test_a_permission_whose_name_only_looks_like_one_to_look_is_not_read():
    assert not permits(ApiKey(actions=["read"]), "streaming.review_station", HERE)


def test_a_key_of_one_station_does_nothing_at_another():
    key = ApiKey(actions=["write"], stations=[HERE])
    assert permits(key, CHANGE, HERE)
    assert not permits(key, CHANGE, THERE)
    assert permits(key, CHANGE, None), "somewhere it may"
    assert bound_to(key) == frozenset({HERE})


def test_a_key_of_one_station_only_looks_at_what_belongs_to_none():
    key = ApiKey(actions=["write"], stations=[HERE])
    assert permits_unbound(key, "catalog.view_loop")
    assert not permits_unbound(key, "catalog.delete_loop")
