"""Figures are kept, failing ones fail their test, and the table shows the last run of each."""

from __future__ import annotations

import json

import pytest

from tests.faults import report
from tests.faults.catalogue import FAULTS
from tests.faults.report import Figures, last_figures
from tests.faults.table import short_table, summary, table

HERE = "tests/faults/test_report.py::test_figures_are_judged_by_their_limits"


@pytest.fixture
def lines(tmp_path, monkeypatch):
    file = tmp_path / "faults.jsonl"
    monkeypatch.setattr(report, "LINES", file)
    return file


def test_figures_are_judged_by_their_limits(lines):
    taken = Figures(HERE)
    taken("T05", "memory", 3.2, "MB", at_most=20)
    taken("T05", "reconnects", 0, at_least=1)
    taken("T01", "restarts", 1, exactly=1)
    assert taken.failed == ["T05 reconnects: 0 (≥ 1): FAILED"]
    assert [json.loads(line)["limit"] for line in lines.read_text().splitlines()] == ["≤ 20 MB", "≥ 1", "= 1"]
    with pytest.raises(TypeError, match="without a limit"):
        taken("T05", "memory", 3.2)


def test_the_table_shows_the_last_run_of_each_test_and_what_is_missing(lines):
    Figures(HERE)("T05", "memory", 30, "MB", at_most=20)
    Figures(HERE)("T05", "memory", 3.2, "MB", at_most=20)
    Figures("tests/faults/test_report.py::test_that_is_no_more")("T06", "lag", 1, "s", at_most=2)
    rows = table(last_figures()).splitlines()
    assert len(rows) == len(FAULTS) + 2
    assert "| T05 | a destination stops reading | memory | 3.2 MB | ≤ 20 MB | passed |" in rows
    assert "| T06 | the uplink is too slow | not measured |  |  |  |" in rows
    assert summary(last_figures()).startswith("1 of 1 figures hold, over 1 of 26 faults; 20")


def test_the_short_table_has_a_row_for_each_fault_and_hides_no_failure(lines):
    taken = Figures(HERE)
    taken("T05", "memory grew by", 3.2, "MB", at_most=20)
    taken("T05", "the other: largest step of the picture", 34, "ms", at_most=40)
    taken("T05", "the other: largest step of the sound", 50, "ms", at_most=30)
    rows = short_table(last_figures()).splitlines()
    assert len(rows) == len(FAULTS) + 2
    assert (
        "| T05 | a destination stops reading | memory grew by 3.2 MB (≤ 20 MB); "
        "the other: largest step of the sound 50 ms (≤ 30 ms) **failed** | 2 of 3 |" in rows
    )


def test_without_figures_it_says_how_to_get_some(lines):
    assert summary(last_figures()) == "Nothing has been measured yet: run bin/test tests/faults."


@pytest.mark.xfail(raises=AssertionError, strict=True, reason="a figure does not hold, and that has to fail it")
def test_a_test_whose_figure_does_not_hold_fails(lines, figures):
    figures("T05", "memory", 30, "MB", at_most=20)
