"""Operators make and revoke presenters' keys, see who is on, and take them off."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from streaming.ingest.keys import find_key
from streaming.ingest.models import PresenterKey, Takeover
from streaming.ingest.services import begin_takeover, note_on_air
from streaming.nodes.models import Encoder
from tests.factories import enter, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("switched_on")]
KEYS = "admin:streaming_presenterkey_changelist"
ADD = "admin:streaming_presenterkey_add"


def action(name: str, pk: object) -> str:
    return reverse(f"admin:streaming_{name}", args=[pk])


def test_a_key_is_shown_once_with_the_server_and_a_button_that_copies_it(operator, station, switched_on):
    page = operator.post(reverse(ADD), {"station": station.pk, "name": "Ayu"})

    row = PresenterKey.objects.get()
    shown = page.context["key"]
    assert find_key(shown) == row
    assert f'data-copy="{shown}"' in page.content.decode()
    assert switched_on.url in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert row.created_by is not None
    for url in (reverse(KEYS), reverse("admin:index"), reverse("admin:streaming_station_change", args=[station.pk])):
        assert shown not in operator.get(url).content.decode()


def test_a_name_that_is_taken_is_told_at_its_field(operator, station, ayu):
    page = operator.post(reverse(ADD), {"station": station.pk, "name": "Ayu"})

    assert "Ayu has a key already" in page.content.decode()
    assert PresenterKey.objects.count() == 1


def test_the_list_tells_the_server_or_how_to_switch_takeovers_on(operator, ayu, settings, switched_on):
    from dataclasses import replace

    assert switched_on.url in operator.get(reverse(KEYS)).content.decode()
    settings.INGEST = replace(switched_on, url="")
    assert "Takeovers are off" in operator.get(reverse(KEYS)).content.decode()


def test_revoking_asks_once_and_ends_the_takeover(operator, ayu):
    takeover = begin_takeover(key=ayu[1], client_id="1")
    url = action("presenterkey_revoke", ayu[0].pk)

    operator.get(url)
    ayu[0].refresh_from_db()
    assert ayu[0].revoked_at is None
    operator.post(url, {"_form_submitted": "on"})

    ayu[0].refresh_from_db()
    takeover.refresh_from_db()
    assert PresenterKey.objects.filter(pk=ayu[0].pk, revoked_at=None).count() == 0
    assert takeover.end == Takeover.End.REVOKED


def test_a_key_can_be_neither_changed_nor_deleted(operator, ayu):
    assert operator.post(reverse("admin:streaming_presenterkey_delete", args=[ayu[0].pk])).status_code == 403
    operator.post(reverse("admin:streaming_presenterkey_change", args=[ayu[0].pk]), {"name": "Eve"})
    ayu[0].refresh_from_db()
    assert ayu[0].name == "Ayu"


def test_who_may_only_look_can_neither_make_keys_nor_revoke_nor_end(client, station, ayu):
    takeover = begin_takeover(key=ayu[1], client_id="1")
    user = make_user("looker@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_presenterkey", "view_takeover"]))
    enter(client, user)

    answers = [
        client.post(reverse(ADD), {"station": station.pk, "name": "Eve"}),
        client.post(action("presenterkey_revoke", ayu[0].pk), {"_form_submitted": "on"}),
        client.post(action("takeover_end", takeover.pk), {"_form_submitted": "on"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    takeover.refresh_from_db()
    assert (takeover.ended_at, PresenterKey.objects.count()) == (None, 1)


def test_the_console_tells_who_is_on_air_and_how(operator, station, ayu):
    Encoder.objects.update(state=Encoder.State.RUNNING, started_at=timezone.now(), seen_at=timezone.now())
    type(station).objects.update(wanted_on_air=True)
    takeover = begin_takeover(key=ayu[1], client_id="1")
    assert "Presenter Ayu is connected" in operator.get(reverse("admin:index")).content.decode()

    note_on_air(station=station, identity=takeover.pk, copied=False, at=timezone.now())
    for url in (reverse("admin:index"), reverse("admin:console_station_cells")):
        page = operator.get(url).content.decode()
        assert "Presenter Ayu is on air" in page
        assert "encoded anew" in page


@pytest.mark.parametrize("screen", ["station", "takeover"])
def test_an_operator_ends_a_takeover_from_either_screen(operator, station, ayu, screen):
    takeover = begin_takeover(key=ayu[1], client_id="1")
    url = {
        "station": action("station_end_takeover", station.pk),
        "takeover": action("takeover_end", takeover.pk),
    }[screen]

    operator.get(url)
    takeover.refresh_from_db()
    assert takeover.ended_at is None
    operator.post(url, {"_form_submitted": "on"})

    takeover.refresh_from_db()
    assert takeover.end == Takeover.End.ENDED
    listed = operator.get(reverse("admin:streaming_takeover_changelist")).content.decode()
    assert "An operator ended it" in listed


def test_a_presenters_name_is_text_wherever_it_stands(operator, station):
    Encoder.objects.update(state=Encoder.State.RUNNING, started_at=timezone.now(), seen_at=timezone.now())
    page = operator.post(reverse(ADD), {"station": station.pk, "name": "<script>alert(1)</script>"})
    begin_takeover(key=page.context["key"], client_id="1")

    for url in (reverse(KEYS), reverse("admin:index"), reverse("admin:streaming_takeover_changelist")):
        assert "<script>alert(1)" not in operator.get(url).content.decode()
