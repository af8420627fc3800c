"""Control 17: no cell of any table that can be taken away begins with what a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.audit.services import note
from config.lib.spreadsheets import guarded, plain
from streaming.stations.models import Station
from tests.factories import make_licence, make_loop, make_mapping, make_station

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NASTY = "=cmd|'/c calc'!A0"


@pytest.mark.parametrize("start", STARTS)
def test_a_cell_is_guarded_and_read_back_as_it_was(start: str):
    assert guarded(f"{start}1+1") == f"'{start}1+1"
    assert plain(guarded(f"{start}1+1")) == f"{start}1+1"


def test_every_table_that_can_be_taken_away_is_guarded(operator: Client):
    station = make_station(name=NASTY)
    make_mapping(station, make_loop(NASTY, licence=make_licence(NASTY)), NASTY)
    Station.objects.filter(pk=station.pk).update(name="@SUM(A1)")
    note(NASTY[:40], who=NASTY)
    for url in (
        reverse("admin:accounts_change_export", args=["csv"]),
        reverse("admin:accounts_securityevent_export", args=["csv"]),
        reverse("admin:catalog_licence_overview", args=["csv"]),
        "/api/v1/licences/overview.csv",
    ):
        text = operator.get(url).getvalue().decode()
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert any(NASTY in cell for cell in cells), url
        assert not [cell for cell in cells if cell.startswith(STARTS)], url
    export = operator.post(reverse("admin:streaming_trackmapping_export"), {"format": "0"}).content.decode()
    assert not [cell for row in csv.reader(io.StringIO(export)) for cell in row if cell.startswith(STARTS)]
