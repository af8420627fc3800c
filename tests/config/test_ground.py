"""What must hold before ``up`` starts anything: each failure is one sentence with a remedy."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from typing import TYPE_CHECKING, NamedTuple

import pytest

from config.lib.places import Places
from config.services import ground
from config.services.problems import StartError

if TYPE_CHECKING:
    from pathlib import Path


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_home_is_made_private(short_path: Path) -> None:
    places = Places(short_path / "new" / "home")
    ground.prepare_home(places)
    assert places.home.stat().st_mode & 0o777 == 0o700
    assert places.run.is_dir()


def test_a_home_below_a_file_is_refused_by_name(short_path: Path) -> None:
    (short_path / "file").write_text("")
    with pytest.raises(StartError, match=r"file/home cannot be written to: .*LONGWAVE_HOME"):
        ground.prepare_home(Places(short_path / "file" / "home"))


def test_a_nearly_full_disk_is_named_with_what_is_needed(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 499_000_000))
    with pytest.raises(StartError, match=r"Only 499 MB are free in .*, 500 are needed: .*LONGWAVE_HOME"):
        ground.prepare_home(Places(short_path / "home"))
    assert not (short_path / "home").exists()


def test_a_disk_that_fills_up_meanwhile_is_one_sentence_too(short_path: Path) -> None:
    problem = ground.sentence_for(OSError(errno.ENOSPC, "No space left on device"), short_path)
    assert str(problem).startswith(f"The disk that holds {short_path} is full: ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can meet another user's home it could write to")
def test_root_leaves_another_users_home_alone(short_path: Path) -> None:
    home = short_path / "home"
    home.mkdir()
    shutil.chown(home, user="nobody")
    with pytest.raises(StartError, match="belongs to nobody: start as nobody"):
        ground.prepare_home(Places(home))
    assert list(home.iterdir()) == []


def test_sockets_are_not_put_where_others_can_enter(short_path: Path) -> None:
    places = Places(short_path / "home")
    places.make()
    places.run.chmod(0o755)
    with pytest.raises(StartError, match="open to other users"):
        ground.prepare_home(places)


def test_a_taken_port_is_named_with_the_variable_to_change() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"Port {port} is taken by another program: .*LONGWAVE_PORT"):
            ground.listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(StartError, match="LONGWAVE_HOST"):
        ground.listen("192.0.2.1", 8000)


def test_a_free_port_takes_connections_at_once() -> None:
    with ground.listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname(), timeout=1):
        pass
