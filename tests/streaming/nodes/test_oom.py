"""An encoder that the system killed for memory is told as that, and as nothing else."""

from __future__ import annotations

import pytest

from streaming.nodes import sentences
from streaming.nodes.machine import Life, State
from streaming.nodes.oom import Kills


@pytest.fixture
def vmstat(tmp_path):
    file = tmp_path / "vmstat"
    file.write_text("nr_free_pages 12\noom_kill 3\n")
    return file


def test_a_kill_in_these_seconds_explains_an_end_by_sigkill(vmstat):
    kills = Kills(vmstat)
    assert not kills.explain(-9)
    vmstat.write_text("oom_kill 4\n")
    assert kills.explain(-9)
    assert kills.explain(None)
    assert not kills.explain(1)
    assert not kills.explain(-15)


def test_a_kill_of_long_ago_explains_nothing(vmstat, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("streaming.nodes.oom.time.monotonic", lambda: now[0])
    kills = Kills(vmstat)
    vmstat.write_text("oom_kill 4\n")
    for _ in range(8):
        now[0] += 1
        kills.look()
    assert not kills.explain(-9)


def test_where_the_system_does_not_tell_nothing_is_claimed(tmp_path):
    assert not Kills(tmp_path / "none").explain(-9)


def test_the_sentence_says_memory():
    life = Life(state=State.CRASHED, since=1.0, start_at=1.5)
    assert sentences.of_crash(life, -9, no_memory=True)[1] == (
        "The system killed the encoder because memory ran out. It is started again in 0.5 s."
    )
