"""Lists of big tables never count their rows, and never read far into them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.lib import admin_pages
from streaming.asrun.models import ErrorEntry
from streaming.cues.models import Cue
from streaming.sources.models import TrackChange
from tests.factories import make_airing, make_station

pytestmark = pytest.mark.django_db
TABLES = {
    "airing": "play_history",
    "trackchange": "streaming_trackchange",
    "errorentry": "error_log",
    "cue": "streaming_cue",
}
ASKED = [{}, {"q": "blue"}, {"station__id__exact": "x"}, {"p": "2"}]


@pytest.fixture
def station():
    station, now = make_station(), timezone.now()
    for number in range(3):
        make_airing(station, minutes_ago=number)
        ErrorEntry.objects.create(
            station=station, timestamp=now, service="node", severity="error", message="Blue smoke."
        )
        TrackChange.objects.create(
            station=station,
            dedupe_key=f"sh:{number}",
            origin="poll",
            artist="Ana",
            title="Blue",
            track_key="k",
            started_at=now,
        )
        Cue.objects.create(station=station, reason="slate")
    return station


@pytest.mark.parametrize("model", TABLES)
@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: next(iter(asked), "all"))
def test_no_list_counts_the_table(operator, station, model, asked):
    asked = {key: station.pk if value == "x" else value for key, value in asked.items()}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = operator.get(reverse(f"admin:streaming_{model}_changelist"), asked)
    assert response.status_code == 200
    about = [q["sql"] for q in queries if TABLES[model] in q["sql"]]
    assert about
    assert not [sql for sql in about if "COUNT(" in sql.upper()]


@pytest.mark.parametrize("model", TABLES)
def test_every_list_is_read_page_by_page(operator, station, model):
    with CaptureQueriesContext(connection) as queries:
        operator.get(reverse(f"admin:streaming_{model}_changelist"))
    rows = [q["sql"] for q in queries if f'FROM "{TABLES[model]}"' in q["sql"]]
    assert rows
    assert all("LIMIT 50" in sql or "LIMIT 1" in sql for sql in rows)


@pytest.mark.parametrize(("model", "asked"), [("airing", {"q": "blue"}), ("errorentry", {"severity__exact": "error"})])
def test_search_and_rare_values_look_at_the_newest_rows_only(operator, station, model, asked):
    with CaptureQueriesContext(connection) as queries:
        response = operator.get(reverse(f"admin:streaming_{model}_changelist"), asked)
    assert len(response.context["cl"].result_list) == 3
    assert any(f"LIMIT {admin_pages.NEWEST}" in q["sql"] for q in queries)


def test_pages_beyond_the_last_reachable_one_are_not_read(operator, station):
    page = {"p": str(admin_pages.MOST_PAGES + 1)}
    with CaptureQueriesContext(connection) as queries:
        response = operator.get(reverse("admin:streaming_airing_changelist"), page)
    assert response.status_code == 302
    assert not [q for q in queries if "OFFSET" in q["sql"]]


def test_an_older_page_is_offered_only_while_pages_are_full(operator, station, monkeypatch):
    url = reverse("admin:streaming_airing_changelist")
    assert 'rel="next"' not in operator.get(url).content.decode()
    for number in range(admin_pages.PER_PAGE):
        make_airing(station, minutes_ago=number)
    first = operator.get(url).content.decode()
    assert 'rel="next"' in first
    assert 'rel="prev"' in operator.get(url, {"p": 2}).content.decode()
    assert f"{admin_pages.PER_PAGE * admin_pages.MOST_PAGES} results" not in first
