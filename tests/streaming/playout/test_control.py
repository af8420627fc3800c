"""A node may die and another take over: the socket, the facts since, and one process per station."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

from tests.streaming.playout.player import ROOT


def test_a_new_connection_gets_every_fact_since_the_one_it_knows(play, pictures):
    player = play()
    for name in ("green", "blue"):
        player.show(pictures[name])
        player.wait_for("aired", picture=name)
    player.disconnect()
    player.events.clear()
    player.connect(since=1)
    hello = player.wait_for("hello")
    assert hello["sequence"] == 2
    assert hello["picture"] == "blue"
    assert hello["pid"] == player.process.pid
    assert player.wait_for("aired")["seq"] == 2


def test_the_station_stays_on_air_when_nobody_listens(play):
    player = play()
    frame = player.next_statistics()["frame"]
    player.disconnect()
    player.events.clear()
    player.connect()
    assert player.wait_for("statistics")["frame"] > frame


def test_facts_survive_kill_9(play, pictures):
    player = play()
    player.show(pictures["green"], cue="c")
    player.wait_for("aired")
    player.process.send_signal(signal.SIGKILL)
    player.process.wait()
    journal = player.folder / "station" / f"journal-{player.spec['run']}.jsonl"
    assert json.loads(journal.read_text().splitlines()[0])["cue"]["id"] == "c"


def test_a_second_process_for_the_station_ends_with_75_and_the_first_goes_on(play):
    player = play()
    frame = player.next_statistics()["frame"]
    second = subprocess.run(
        [sys.executable, "-m", "streaming.playout", str(player.folder / "spec.json")],
        cwd=ROOT, capture_output=True, timeout=20, check=False,
    )  # fmt: skip
    assert second.returncode == 75
    assert player.next_statistics()["frame"] > frame


WRONG = [
    ("not json", "line"),
    ("[1]", "line"),
    ('{"do": "dance", "id": 1}', "do"),
    ('{"id": 1}', "do"),
    ('{"do": "show", "cue": {"id": "x"}}', "picture"),
    ('{"do": "show", "picture": {"id": "p", "path": "/p"}}', "cue"),
    ('{"do": "source", "source": {"kind": "radio", "url": "ftp://x/"}}', "source.url"),
    ('{"do": "outputs", "outputs": 5}', "outputs"),
    ('{"do": "hello", "since": -1}', "since"),
]


def _without_time(statistics):
    source = {**statistics["source"], "delay_ms": 0}
    return {**statistics, "frame": 0, "seconds": 0, "uptime": 0, "at": 0, "horizon_ms": 0, "source": source}


def test_wrong_commands_are_answered_with_their_field_and_change_nothing(play):
    player = play()
    before = player.next_statistics()
    for command, _ in WRONG:
        player._connection.sendall(command.encode() + b"\n")
    after = player.next_statistics(lambda e: e["frame"] > before["frame"])
    answers = player.facts("answer")
    assert [(answer["ok"], answer["field"]) for answer in answers] == [(False, field) for _, field in WRONG]
    assert _without_time(after) == _without_time(before)


def test_the_socket_is_its_owners_alone(play):
    player = play()
    assert stat.S_IMODE(Path(player.spec["socket"]).stat().st_mode) == 0o600


def test_asked_to_stop_is_no_error_and_leaves_no_socket(play):
    player = play()
    player.send({"do": "stop"})
    assert player.process.wait(10) == 0
    assert not Path(player.spec["socket"]).exists()


def test_by_hand_the_same_lines_go_over_standard_input_and_output(tmp_path, pictures):
    from tests.streaming.playout.player import make_spec

    spec = make_spec(tmp_path, pictures["red"], socket=None)
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(spec))
    process = subprocess.Popen(
        [sys.executable, "-m", "streaming.playout", str(file)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert json.loads(process.stdout.readline())["event"] == "hello"
    process.stdin.write('{"do": "statistics", "id": 7}\n')
    process.stdin.flush()
    assert any(json.loads(line).get("to") == 7 for line in process.stdout)
    process.stdin.close()
    assert process.wait(10) == 0
