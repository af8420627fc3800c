"""What stands in a journal becomes facts, and nothing in it stops those after it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from streaming.asrun import switching
from streaming.asrun.facts import Aired, Failed, Titled, clean, parse, read

AT = 1_790_000_000.25


def aired(**changes):
    cue = {"id": str(uuid4()), "track": {"title": "Blue"}}
    fact = {"event": "aired", "at": AT, "seq": 1, "cue": cue, "picture": "p", "frame": 90, "switch_ms": 33}
    return {**fact, "origin": "show", **changes}


def test_an_airing_is_read_with_its_time_in_utc():
    fact = parse(aired())
    assert isinstance(fact, Aired)
    assert fact.at == datetime.fromtimestamp(AT, tz=UTC)
    assert (fact.frame, fact.switch_ms, fact.track) == (90, 33, {"title": "Blue"})


def test_an_airing_of_a_playlist_has_no_cue():
    fact = parse(aired(cue={"id": None, "track": {"title": "Own"}}))
    assert isinstance(fact, Aired)
    assert fact.cue is None


def test_titles_and_errors_are_read():
    assert isinstance(parse({"event": "title", "at": AT, "seq": 2, "text": "A - B"}), Titled)
    fact = parse({"event": "error", "at": AT, "seq": 3, "severity": "critical", "about": "source", "message": "gone"})
    assert isinstance(fact, Failed)
    assert (fact.severity, fact.about, fact.message) == ("critical", "source", "gone")


def test_what_has_no_number_is_no_fact():
    assert parse({"event": "statistics", "at": AT, "frame": 3}) is None
    assert parse(aired(seq=0)) is None
    assert parse(aired(seq="1")) is None
    assert parse(aired(seq=True)) is None


@pytest.mark.parametrize(
    "broken",
    [
        {"at": "noon"},
        {"at": None},
        {"at": 1e300},
        {"at": float("nan")},
        {"event": "invented"},
        {"event": ["aired"]},
        {"cue": {"id": "not a uuid"}},
        {"cue": "text"},
        {"cue": {"id": None, "track": 7}},
    ],
)
def test_what_cannot_be_understood_is_kept_as_an_error(broken):
    fact = parse(aired(**broken))
    assert isinstance(fact, Failed)
    assert fact.sequence == 1
    assert "cannot be read" in fact.message
    assert json.loads(fact.context["fact"])["seq"] == 1


def test_numbers_out_of_all_bounds_are_brought_into_them():
    fact = parse(aired(frame=-3, switch_ms=1e99))
    assert isinstance(fact, Aired)
    assert (fact.frame, fact.switch_ms) == (0, 2**31 - 1)


def test_text_that_a_database_refuses_is_cleaned():
    assert clean("a\0b\ud800c", 10) == "ab?c"
    assert clean("x" * 20, 10) == "x" * 10
    assert clean(None) == ""


def test_a_torn_last_line_is_passed_over(tmp_path):
    file = tmp_path / "journal.jsonl"
    lines = [json.dumps({"seq": n, "event": "title", "text": str(n), "at": AT}) for n in (1, 2, 3)]
    file.write_text("\n".join(lines) + '\n{"seq": 4, "ev')
    assert [fact["seq"] for fact in read(file, after=1)] == [2, 3]


def test_lines_that_are_no_facts_and_twins_are_passed_over(tmp_path):
    file = tmp_path / "journal.jsonl"
    file.write_bytes(b'{"seq": 1}\n\xff\xfe\n[]\n\n{"seq": 1}\n{"seq": 2}\n')
    assert [fact["seq"] for fact in read(file, after=0)] == [1, 2]


def test_a_switch_is_counted_in_the_smallest_bucket_that_holds_it():
    assert switching.counted([], 0.05) == [1, 0, 0, 0, 0, 0, 0, 0]
    assert switching.counted([1], 0.051) == [1, 1, 0, 0, 0, 0, 0, 0]
    assert switching.counted([], 99) == [0, 0, 0, 0, 0, 0, 0, 1]
