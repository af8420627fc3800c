"""Mappings go out as CSV and come in again; every bad row is named."""

from __future__ import annotations

from typing import Any

import pytest
import tablib  # type: ignore[import-untyped]

from catalog.models import Loop, Rendition
from streaming.cues.mapping_csv import MappingResource
from streaming.cues.models import TrackMapping
from streaming.stations.models import Station
from tests.factories import make_loop, make_mapping, make_station

pytestmark = pytest.mark.django_db
HEADERS = ["station", "artist", "title", "song_id", "loop"]


@pytest.fixture
def station(db) -> Station:
    return make_station("night-fm")


@pytest.fixture
def loop(db) -> Loop:
    return make_loop("Rain")


def read(*rows: list[str], headers: list[str] = HEADERS, **options: Any) -> Any:
    return MappingResource().import_data(tablib.Dataset(*rows, headers=headers), **options)


def test_a_table_becomes_mappings_whose_loops_are_compiled(station: Station, loop: Loop):
    result = read(["night-fm", "Ana", "Blue", "s1", "Rain"], ["night-fm", "Ben", "Red", "", str(loop.pk)])
    assert not result.has_errors(), [str(e.error) for row in result.rows for e in row.errors] + result.base_errors
    assert not result.has_validation_errors()
    kept = TrackMapping.objects.order_by("track_key").values_list("track_key", "song_id", "loop")
    assert list(kept) == [("ana - blue", "s1", loop.pk), ("ben - red", "", loop.pk)]
    assert Rendition.objects.get().loop == loop


def test_what_goes_out_comes_in_unchanged(station: Station, loop: Loop):
    make_mapping(station, loop, "ana - blue", song_id="=s1", play_count=3)
    make_mapping(station, loop, "-minus", song_id="@x")
    out = MappingResource().export()
    assert "'=s1" in out.csv
    assert "'-minus" in out.csv
    before = list(TrackMapping.objects.order_by("pk").values())
    result = MappingResource().import_data(tablib.Dataset().load(out.csv, format="csv"))
    assert result.totals["skip"] == 2
    assert list(TrackMapping.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_goes_out_as_a_formula(station: Station, text: str):
    make_mapping(station, make_loop(text), "ana - blue", song_id=text)
    (row,) = MappingResource().export().dict
    assert row["song_id"] == row["loop"] == f"'{text}"


def test_a_row_for_a_mapped_track_changes_it(station: Station, loop: Loop):
    make_mapping(station, make_loop("old"), "ana - blue", play_count=3)
    read(["night-fm", "ANA", "Blue!", "", "Rain"])
    mapping = TrackMapping.objects.get()
    assert (mapping.loop, mapping.play_count) == (loop, 3)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["day-fm", "Ana", "Blue", "", "Rain"], "station", "no station 'day-fm'"),
        (["", "Ana", "Blue", "", "Rain"], "station", "no station ''"),
        (["night-fm", "", "🎶", "", "Rain"], "track_key", "at least one letter"),
        (["night-fm", "Ana", "Blue", "", "Snow"], "loop", "no loop 'Snow'"),
        (["night-fm", "Ana", "Blue", "", ""], "loop", "no loop ''"),
        (["night-fm", "Ana", "Blue", "", "Twice"], "loop", "Several loops are called 'Twice'"),
        (["night-fm", "Ana", "Blue", "x" * 129, "Rain"], "song_id", "at most 128"),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_nothing_comes_in(
    station: Station, loop: Loop, row: list[str], column: str, words: str
):
    make_loop("Twice")
    make_loop("Twice")
    result = read(["night-fm", "Good", "One", "", "Rain"], row)
    (bad,) = result.invalid_rows
    assert bad.number == 2
    assert list(bad.field_specific_errors) == [column]
    assert words in bad.field_specific_errors[column][0]
    assert not TrackMapping.objects.exists()


def test_all_that_is_wrong_with_a_row_is_said_at_once(station: Station):
    (bad,) = read(["day-fm", "", "", "", "Snow"]).invalid_rows
    assert set(bad.field_specific_errors) == {"station", "track_key", "loop"}


def test_a_trial_changes_nothing(station: Station, loop: Loop):
    result = read(["night-fm", "Ana", "Blue", "", "Rain"], dry_run=True)
    assert result.totals["new"] == 1
    assert not TrackMapping.objects.exists()
    assert not Rendition.objects.exists()
