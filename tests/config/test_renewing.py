"""Parts are replaced one at a time while the others go on; and what a restart came to is told."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from config.lib.places import Places
from config.services import rolling
from config.services.lock import owner_of, running_owner
from config.services.problems import StartError, StopRequested
from tests.config.test_supervisor import READY, SLEEP, Scene, part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GENTLE = "import os, signal; signal.signal(signal.SIGUSR1, lambda *_: (print('left', flush=True), os._exit(0)));"


@pytest.fixture
def scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Scene]:
    scene = Scene(tmp_path, capsys)
    with scene.supervisor:
        yield scene


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path)
    places.run.mkdir(parents=True, exist_ok=True)
    return places


def four(scene: Scene, **odd: str) -> None:
    scene.supervisor.start([part(name, odd.get(name, READY + SLEEP)) for name in rolling.ORDER])


def test_a_part_is_replaced_by_its_own_signal_and_the_others_go_on(scene: Scene) -> None:
    one = part("one", GENTLE + READY + SLEEP, renew=((signal.SIGUSR1, 5.0),))
    scene.supervisor.start([one, part("two", READY + SLEEP)])
    before = {name: scene.pid(name) for name in ("one", "two")}
    seconds = scene.supervisor.renew("one", patience=10)

    assert seconds is not None
    assert seconds < 5
    assert scene.pid("one") != before["one"]
    assert scene.pid("two") == before["two"]
    assert "left" in scene.said()
    assert not [line for line in scene.said() if "ended with" in line], "it was asked to"


def test_a_part_that_dies_after_it_was_replaced_is_started_again_as_ever(scene: Scene) -> None:
    scene.supervisor.start([part("one", READY + SLEEP)])
    scene.supervisor.renew("one", patience=10)
    os.kill(scene.pid("one"), signal.SIGKILL)
    scene.run_until("one ended with signal SIGKILL; it starts again in 0.5 s")


def test_a_part_that_lies_dead_at_that_moment_is_started_at_once(scene: Scene) -> None:
    scene.supervisor.start([part("one", READY + SLEEP)])
    os.kill(scene.pid("one"), signal.SIGKILL)
    scene.run_until("one ended with")
    assert scene.supervisor.renew("one", patience=10) is not None


def test_a_new_process_that_does_not_get_ready_is_told(scene: Scene) -> None:
    flag = scene.folder / "flag"
    broken = part("two", f"import os; os.path.exists({str(flag)!r}) and os._exit(3);" + READY + SLEEP)
    scene.supervisor.start([broken])
    flag.touch()
    assert scene.supervisor.renew("two", patience=1.2) is None


def test_being_asked_to_stop_ends_a_renewal(scene: Scene) -> None:
    scene.supervisor.start([part("one", READY + SLEEP)])
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(StopRequested):
        scene.supervisor.renew("one", patience=10)


def test_sigusr1_asks_for_a_restart_and_for_nothing_else(scene: Scene) -> None:
    scene.supervisor.start([part("one", READY + SLEEP)])
    called: list[int] = []

    def renew() -> None:
        called.append(1)
        os.kill(os.getpid(), signal.SIGTERM)

    os.kill(os.getpid(), signal.SIGUSR1)
    with pytest.raises(StopRequested):
        scene.supervisor.watch(renew)
    assert called == [1]


def test_everything_is_replaced_in_order_after_the_database_is_brought_up_to_date(scene: Scene, places: Places) -> None:
    four(scene)
    before = {name: scene.pid(name) for name in rolling.ORDER}
    prepared = scene.folder / "prepared"
    migrate = part("prepare", f"open({str(prepared)!r}, 'w')", once=True, essential=True)

    report = rolling.roll(scene.supervisor, scene.supervisor._console, places, lambda: scene.supervisor.do(migrate))

    assert prepared.exists()
    assert report.error == ""
    assert list(report.seconds) == list(rolling.ORDER)
    assert all(scene.pid(name) != before[name] for name in rolling.ORDER)


def test_nothing_is_touched_when_the_database_cannot_be_brought_up_to_date(scene: Scene, places: Places) -> None:
    four(scene)
    before = {name: scene.pid(name) for name in rolling.ORDER}
    broken = part("prepare", "print('no such column'); raise SystemExit(1)", once=True, essential=True)

    report = rolling.roll(scene.supervisor, scene.supervisor._console, places, lambda: scene.supervisor.do(broken))

    assert "Nothing was restarted" in report.error
    assert "no such column" in report.error
    assert {name: scene.pid(name) for name in rolling.ORDER} == before
    with pytest.raises(StartError):
        scene.supervisor.do(broken)  # and it can be tried again


def test_the_rest_is_left_alone_when_a_part_does_not_come_up(scene: Scene, places: Places, monkeypatch) -> None:
    monkeypatch.setattr(rolling, "PATIENCE", 1.2)
    flag = scene.folder / "flag"
    four(scene, worker=f"import os; os.path.exists({str(flag)!r}) and os._exit(3);" + READY + SLEEP)
    before = {name: scene.pid(name) for name in rolling.ORDER}
    flag.touch()

    report = rolling.roll(scene.supervisor, scene.supervisor._console, places, lambda: None)

    assert report.error.startswith("worker is not ready")
    assert list(report.seconds) == ["web"]
    assert scene.pid("node") == before["node"]


def test_whoever_asks_hears_what_came_of_it(scene: Scene, places: Places) -> None:
    four(scene)
    said: list[str] = []
    codes: list[int] = []
    with owner_of(places.home):
        asking = threading.Thread(target=lambda: codes.append(rolling.ask(places, said.append)))
        asking.start()
        while not scene.supervisor._asked_to_renew:
            scene.supervisor._step(at_most=0.05)
        rolling.roll(scene.supervisor, scene.supervisor._console, places, lambda: None)
        asking.join(10)
    assert codes == [0]
    assert said[-1].startswith("Restarted: web in ")


def test_where_nothing_runs_there_is_nothing_to_restart(places: Places) -> None:
    said: list[str] = []
    assert rolling.ask(places, said.append) == 1
    assert "does not run" in said[0]
    assert running_owner(places.home) is None
