"""Facts are numbered, on disk before they are told, and survive what happens to the process and the disk."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from streaming.playout.errors import StationTakenError
from streaming.playout.journal import Journal, lock_station, read_journal
from tests.streaming.playout.player import ROOT


def test_facts_are_numbered_from_one_and_read_back_in_order(tmp_path):
    journal = Journal(tmp_path, "r")
    for name in "abc":
        journal.append({"event": name})
    assert [fact["seq"] for fact in read_journal(journal.path)] == [1, 2, 3]
    assert [fact["event"] for fact in journal.since(1)] == ["b", "c"]


def test_a_line_cut_short_by_a_crash_is_passed_over(tmp_path):
    journal = Journal(tmp_path, "r")
    journal.append({"event": "a"})
    with journal.path.open("ab") as file:
        file.write(b'{"event": "b", "se')
    assert [fact["event"] for fact in read_journal(journal.path)] == ["a"]


def test_a_full_disk_keeps_facts_in_order_until_there_is_room(tmp_path):
    program = f"""
import resource, sys
from pathlib import Path
from streaming.playout.journal import Journal
journal = Journal(Path({str(tmp_path)!r}), "r")
assert journal.append({{"event": "first"}}) is None
resource.setrlimit(resource.RLIMIT_FSIZE, (60, resource.RLIM_INFINITY))
error = journal.append({{"event": "second", "text": "x" * 100}})
assert error is not None
assert [f["event"] for f in journal.since(0)] == ["first", "second"]
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert journal.append({{"event": "third"}}) is None
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=30)
    facts = list(read_journal(tmp_path / "journal-r.jsonl"))
    assert [(fact["seq"], fact["event"]) for fact in facts] == [(1, "first"), (2, "second"), (3, "third")]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_station_has_one_process(tmp_path):
    lock_station(tmp_path)
    with pytest.raises(StationTakenError):
        lock_station(tmp_path)
