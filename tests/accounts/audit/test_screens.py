"""The record in the console: read, filtered, followed from a row, taken away; never written."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from django.urls import reverse

from accounts.audit import words
from accounts.audit.models import Change, SecurityEvent
from accounts.audit.services import note
from streaming.stations.models import Station
from tests.factories import enter, make_station, make_user

pytestmark = pytest.mark.django_db
CHANGES = "/admin/accounts/change/"
EVENTS = "/admin/accounts/securityevent/"


def rename(station: Station, name: str) -> None:
    Station.objects.filter(pk=station.pk).update(name=name)


def test_the_list_says_what_became_of_what(operator):
    station = make_station(name="Night FM")
    rename(station, "Day FM")
    page = operator.get(CHANGES, {"what": "streaming.station"}).content.decode()
    assert "Day FM" in page
    assert "Changed" in page
    change = Change.objects.filter(kind="streaming.station").first()
    page = operator.get(reverse("admin:accounts_change_change", args=[change.pk])).content.decode()
    assert "name: Night FM → Day FM" in page


def test_a_row_s_history_leads_to_its_changes(operator):
    station, other = make_station(name="Night FM"), make_station("other-fm", name="Other FM")
    rename(station, "Day FM")
    rename(other, "Else FM")
    answer = operator.get(reverse("admin:streaming_station_history", args=[station.pk]), follow=True)
    assert answer.redirect_chain[0][0].startswith(CHANGES)
    shown = answer.context["cl"].result_list
    assert {change.object_id for change in shown} == {str(station.pk)}
    assert [change.action for change in shown] == ["update", "insert"]


def test_a_person_s_history_has_groups_and_second_factors_too(operator):
    person = make_user()
    answer = operator.get(reverse("admin:accounts_user_history", args=[person.pk]))
    assert "secondfactor" in answer["Location"]
    assert "persongroup" in answer["Location"]


@pytest.mark.parametrize("page", [CHANGES, EVENTS])
def test_nobody_writes_the_record_by_hand(operator, page):
    make_station()
    note("sign_in", who="ana@example.org")
    row = Change.objects.first() if page == CHANGES else SecurityEvent.objects.first()
    assert operator.get(f"{page}add/").status_code == 403
    assert operator.post(f"{page}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert operator.post(f"{page}{row.pk}/change/", {"who": "nobody"}).status_code == 403


@pytest.mark.parametrize("page", [CHANGES, EVENTS])
def test_staff_without_the_permission_see_nothing(client, page):
    enter(client, make_user("clerk@example.org", is_staff=True))
    assert client.get(page).status_code == 403
    assert client.get(f"{page}export.csv").status_code == 403


def test_the_csv_has_the_filtered_rows_and_runs_nothing(operator):
    rename(make_station(name="=cmd|'/c calc'!A0"), "=HYPERLINK(1)")
    note("sign_in", who="someone@example.org")
    answer = operator.get(f"{CHANGES}export.csv", {"what": "streaming.station"})
    assert answer["Content-Disposition"].startswith("attachment; ")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["action"] for row in rows] == ["update", "insert"]
    assert rows[0]["object_name"] == "'=HYPERLINK(1)"
    assert json.loads(rows[0]["changes"]) == {"name": ["=cmd|'/c calc'!A0", "=HYPERLINK(1)"]}
    assert SecurityEvent.objects.filter(kind="record_exported").exists()


def test_json_lines_have_an_object_a_line(operator):
    note("sign_in", refused=True, who="ana@example.org", because="password\nwrong")
    answer = operator.get(f"{EVENTS}export.jsonl", {"kind__exact": "sign_in"})
    [line] = b"".join(answer.streaming_content).decode().splitlines()
    assert json.loads(line)["detail"] == {"because": "password wrong"}
    assert operator.get(f"{EVENTS}export.xlsx").status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_the_file_comes_in_pieces_from_the_real_server_too():
    browser: Any = AsyncClient()
    admin = await sync_to_async(make_user)("root@example.org", is_staff=True, is_superuser=True)
    await sync_to_async(enter)(browser, admin)
    await sync_to_async(SecurityEvent.objects.bulk_create)(
        [SecurityEvent(at=admin.date_joined, kind="sign_in", outcome="done", who=f"p{n}") for n in range(2500)]
    )
    answer: Any = await browser.get(f"{EVENTS}export.jsonl", {"kind__exact": "sign_in"})
    assert answer.is_async
    pieces = [piece async for piece in answer.streaming_content]
    assert len(pieces) == 3
    assert b"".join(pieces).count(b"\n") == 2500
    await sync_to_async(connections.close_all)()


def test_a_list_is_told_by_its_words_and_what_is_stored_deeper_as_it_is():
    assert words.value("catalog.loop", "tags", ["sea", "night"]) == "sea, night"
    assert words.value("streaming.encoder", "seams_total", {"cut": 1}) == "{'cut': 1}"
