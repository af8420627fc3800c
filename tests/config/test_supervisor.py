"""The supervisor: order, readiness, restarts, and an end that comes in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from config.services import leftovers
from config.services.console import Console
from config.services.part import Part
from config.services.problems import StartError, StopRequested
from config.services.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENVIRONMENT = {"PATH": os.environ["PATH"]}
PYTHON = (sys.executable, "-I", "-S", "-u", "-c")
SLEEP = "import signal; signal.pause()"
READY = (
    "import os, socket;"
    "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'READY=1', os.environ['NOTIFY_SOCKET']);"
)


class Scene:
    """A supervisor in a temporary folder, and what was said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.log = folder / "log.jsonl"
        self.supervisor = Supervisor(folder / "parts", Console(self.log))
        self._capsys = capsys

    def said(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.log.read_text().splitlines()]

    def pid(self, name: str) -> int:
        return int(json.loads((self.folder / "parts" / f"{name}.pid").read_text())["pid"])

    def run_until(self, sentence: str, within: float = 10) -> None:
        """Let the supervisor work until it has said this."""
        end = time.monotonic() + within
        while not any(sentence in line for line in self.said()):
            assert time.monotonic() < end, self.said()
            self.supervisor._step()


@pytest.fixture
def scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Scene]:
    """A supervisor that is stopped at the end; sockets need a short path."""
    scene = Scene(tmp_path, capsys)
    with scene.supervisor:
        yield scene


def part(name: str, code: str, **changes: object) -> Part:
    """Return a part that runs Python code and says itself when it is ready."""
    return Part(name, lambda: [*PYTHON, code], ENVIRONMENT, **changes)  # type: ignore[arg-type]


def test_start_returns_when_every_part_has_said_that_it_is_ready(scene: Scene) -> None:
    scene.supervisor.start([part("one", READY + SLEEP), part("two", f"import time; time.sleep(0.3); {READY}" + SLEEP)])
    assert scene.said() == ["one is ready", "two is ready"]


def test_a_part_that_dies_starts_again(scene: Scene) -> None:
    scene.supervisor.start([part("one", READY + SLEEP)])
    before = scene.pid("one")
    os.kill(before, signal.SIGKILL)
    scene.run_until("one ended with signal SIGKILL; it starts again in 0.5 s")
    assert leftovers.identity(before) is None
    while scene.said().count("one is ready") < 2:
        scene.supervisor._step()
    assert scene.pid("one") != before


def test_each_failure_doubles_the_wait(scene: Scene) -> None:
    tries = str(scene.folder / "tries")
    third_time_lucky = f"import os, sys; p = {tries!r}; open(p, 'a').write('x'); os.path.getsize(p) > 2 or sys.exit(3);"
    scene.supervisor.start([part("bad", third_time_lucky + READY + SLEEP)])
    waits = [line.rpartition(" in ")[2] for line in scene.said() if line.startswith("bad ended")]
    assert waits == ["0.5 s", "1 s"]


def test_a_stop_that_is_asked_for_ends_a_start(scene: Scene) -> None:
    scene.supervisor.start([part("ok", READY + SLEEP)])
    with pytest.raises(StopRequested):
        scene.supervisor.start([part("bad", "raise SystemExit(3)"), part("stop", ASK_PARENT_TO_STOP)])


def test_an_essential_part_that_cannot_start_gives_up_with_its_last_words(scene: Scene) -> None:
    words = "print('the disk is on fire'); raise SystemExit(3)"
    with pytest.raises(StartError, match=r"base ended with exit code 3: .*the disk is on fire"):
        scene.supervisor.start([part("base", words, essential=True)])


def test_a_task_that_ends_well_is_ready_and_is_not_run_again(scene: Scene) -> None:
    scene.supervisor.start([part("once", "print('done')", once=True, essential=True)])
    assert scene.said() == ["done"]


def test_an_essential_task_that_fails_stops_the_start(scene: Scene) -> None:
    with pytest.raises(StartError, match="once ended with exit code 7"):
        scene.supervisor.start([part("once", "raise SystemExit(7)", once=True, essential=True)])


def test_what_is_started_last_is_stopped_first(scene: Scene, tmp_path: Path) -> None:
    noting = (
        "import os, signal;"
        "note = lambda *_: (print({name!r}, file=open({file!r}, 'a'), flush=True), os._exit(0));"
        "signal.signal(15, note);"
    )
    for name in ("a", "b"):
        code = noting.format(file=str(tmp_path / "order"), name=name) + READY + SLEEP
        scene.supervisor.start([part(name, code)])
    scene.supervisor.stop()
    assert (tmp_path / "order").read_text() == "b\na\n"


def test_a_part_that_ignores_the_request_is_killed_with_its_children(scene: Scene) -> None:
    child = "import subprocess; c = subprocess.Popen(['sleep', '60']); print('child', c.pid);"
    stubborn = "import signal; signal.signal(15, signal.SIG_IGN);" + child + READY + "import time; time.sleep(60)"
    scene.supervisor.start([part("stubborn", stubborn, stop=((signal.SIGTERM, 0.3),))])
    child_pid = int(next(line for line in scene.said() if line.startswith("child ")).split()[1])
    began = time.monotonic()
    scene.supervisor.stop()
    assert 0.3 <= time.monotonic() - began < 2
    assert leftovers.gone(child_pid, within=2)


def test_a_child_in_a_session_of_its_own_outlives_a_kill(scene: Scene) -> None:
    """As an encoder does."""
    child = (
        "import subprocess; c = subprocess.Popen(['sleep', '60'], start_new_session=True, stdout=subprocess.DEVNULL);"
        "print('child', c.pid);"
    )
    scene.supervisor.start([part("node", child + READY + SLEEP, stop=())])
    scene.run_until("child ")
    child_pid = int(next(line for line in scene.said() if line.startswith("child ")).split()[1])
    try:
        scene.supervisor.stop()
        assert leftovers.identity(child_pid) is not None
    finally:
        os.kill(child_pid, signal.SIGKILL)


def test_the_terminals_ctrl_c_does_not_reach_the_parts(scene: Scene) -> None:
    scene.supervisor.start([part("one", READY + SLEEP)])
    assert os.getsid(scene.pid("one")) == scene.pid("one")


def test_a_secret_goes_to_the_terminal_and_not_to_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(tmp_path / "log.jsonl")
    console.tell("the password is hunter2")
    assert "hunter2" in capsys.readouterr().out
    assert "hunter2" not in (tmp_path / "log.jsonl").read_text()


def test_structured_lines_are_kept_as_they_are_and_others_get_a_structure(tmp_path: Path) -> None:
    console = Console(tmp_path / "log.jsonl")
    console.line("web", '{"event": "hello", "level": "info"}')
    console.line("web", "Traceback: größer")
    first, second = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert first == {"event": "hello", "level": "info"}
    assert (second["event"], second["part"]) == ("Traceback: größer", "web")


def test_a_left_over_of_an_earlier_supervisor_is_ended(scene: Scene) -> None:
    left = subprocess.Popen(["/bin/sleep", "60"])
    leftovers.note(scene.folder / "parts" / "old.pid", left.pid, signal.SIGTERM)
    # A child of ours that has ended but was not waited for counts as gone.
    assert leftovers.end_leftovers(scene.folder / "parts") == ["old"]
    assert left.wait(1) == -signal.SIGTERM
    assert not (scene.folder / "parts" / "old.pid").exists()


def test_a_stranger_with_a_noted_pid_is_left_alone(scene: Scene) -> None:
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    file = scene.folder / "parts" / "old.pid"
    leftovers.note(file, stranger.pid, signal.SIGKILL)
    file.write_text(json.dumps({**json.loads(file.read_text()), "identity": "another boot 1"}))
    try:
        assert leftovers.end_leftovers(scene.folder / "parts") == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_a_left_over_started_is_ended_with_it(scene: Scene) -> None:
    code = "import subprocess as s; print(s.Popen(['/bin/sleep', '60'], stdout=s.DEVNULL).pid, flush=True); input()"
    leader = subprocess.Popen(
        [*PYTHON, code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert leader.stdout is not None
    member = int(leader.stdout.readline())
    leftovers.note(scene.folder / "parts" / "worker.pid", leader.pid, signal.SIGKILL)
    leader.kill()
    leader.communicate()
    assert leftovers.identity(member) is not None
    assert leftovers.end_leftovers(scene.folder / "parts") == []
    assert leftovers.gone(member, within=2)


def test_a_half_written_pid_file_is_forgotten(scene: Scene) -> None:
    (scene.folder / "parts" / "old.pid").write_text('{"pid": 1')
    assert leftovers.end_leftovers(scene.folder / "parts") == []
    assert not list((scene.folder / "parts").glob("*.pid"))


ASK_PARENT_TO_STOP = "import os, signal, time; time.sleep(1.2); os.kill(os.getppid(), signal.SIGTERM); time.sleep(9)"
