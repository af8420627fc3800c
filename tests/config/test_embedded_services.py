"""The embedded PostgreSQL and Valkey: made, found again, owned once, recovered after a kill, stopped cleanly."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from config.services import housing, leftovers
from tests.config.holder import Holder, a_home
from tests.plugins.daemon import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def holder() -> Iterator[Holder]:
    """A home whose services run."""
    with a_home() as holder:
        holder.start()
        yield holder
        if holder.process.poll() is None:
            holder.stop()


def test_a_database_and_its_owner_are_there_after_the_first_start(holder: Holder) -> None:
    assert holder.sql("SELECT current_database(), current_user") == ("longwave", "longwave")
    assert holder.sql("SHOW server_encoding") == ("UTF8",)
    own = "FROM pg_database WHERE datname = 'longwave'"
    assert holder.sql(f"SELECT datlocprovider, datlocale {own}") == ("b", "C.UTF-8")
    assert holder.sql(f"SELECT datctype {own}")[0].upper().endswith("UTF-8")
    assert holder.sql("SHOW shared_preload_libraries") == ("pg_stat_statements",)


def test_nothing_listens_on_the_network(holder: Holder) -> None:
    assert holder.sql("SHOW listen_addresses") == ("",)
    assert holder.redis().config_get("port") == {"port": "0"}


def test_rows_and_keys_are_there_after_a_clean_stop_and_a_later_start(holder: Holder) -> None:
    holder.sql("CREATE TABLE kept AS SELECT 1 AS one")
    holder.redis().set("kept", "yes")
    assert holder.stop() == 0

    began = time.monotonic()
    holder.start()
    assert time.monotonic() - began < 5
    assert holder.sql("SELECT one FROM kept") == (1,)
    assert holder.redis().get("kept") == b"yes"


def test_a_clean_stop_leaves_no_process_and_no_recovery(holder: Holder) -> None:
    pids = [holder.pid_of("postgres"), holder.pid_of("valkey")]
    assert holder.stop() == 0
    assert [leftovers.identity(pid) for pid in pids] == [None, None]
    assert "database system is shut down" in (holder.places.logs / "services.log").read_text()


def test_a_second_owner_is_refused_in_one_sentence(holder: Holder) -> None:
    second = Holder(holder.places.home).start()
    _, sentence = second.process.communicate()
    assert second.process.returncode == 75
    assert sentence.count("\n") == 1
    assert f"already runs in {holder.places.home} (process {holder.process.pid})" in sentence
    assert holder.sql("SELECT 1") == (1,)


@pytest.mark.parametrize("part", ["postgres", "valkey"])
def test_a_killed_service_is_back_with_everything_it_had_confirmed(holder: Holder, part: str) -> None:
    holder.sql("CREATE TABLE kept AS SELECT 1 AS one")
    holder.redis().set("kept", "yes")
    holder.redis().waitaof(1, 0, 2000)
    before = holder.pid_of(part)
    os.kill(before, signal.SIGKILL)
    lines = iter(holder.process.stdout or [])
    assert next(lines) == f"{part} ended with signal SIGKILL; it starts again in 0.5 s\n"
    assert next(lines) == f"{part} is ready\n"
    assert holder.pid_of(part) != before
    assert holder.sql("SELECT one FROM kept") == (1,)
    assert holder.redis().get("kept") == b"yes"


def test_a_killed_owner_takes_its_services_along_and_the_next_one_starts(holder: Holder) -> None:
    holder.sql("CREATE TABLE kept AS SELECT 1 AS one")
    pids = [holder.pid_of("postgres"), holder.pid_of("valkey")]
    holder.kill()
    for pid in pids:
        assert leftovers.gone(pid, within=5)
    holder.start()
    assert holder.sql("SELECT one FROM kept") == (1,)


def test_a_server_that_lost_its_owner_makes_way(holder: Holder) -> None:
    """Where the kernel does not tell children of their parent's death, only the next start can end them."""
    holder.sql("CREATE TABLE kept AS SELECT 1 AS one")
    command = leftovers.command_line(holder.pid_of("postgres"))
    holder.stop()
    orphan = subprocess.Popen(as_started(command), stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until((holder.places.postgres / "postmaster.pid").exists, within=5, what="the orphan's start")
        holder.start()
        assert orphan.wait(5) is not None
        assert holder.sql("SELECT one FROM kept") == (1,)
    finally:
        orphan.kill()
        orphan.wait()


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(holder: Holder) -> None:
    holder.stop()
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    try:
        pid_file = holder.places.postgres / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{holder.places.postgres}\n1700000000\n5432\n\n\n\n")
        holder.start()
        assert holder.sql("SELECT 1") == (1,)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_first_start_that_was_cut_off_is_begun_anew() -> None:
    with a_home() as holder:
        half_made = holder.places.postgres.with_name("postgres.making")
        half_made.mkdir(parents=True)
        (half_made / "PG_VERSION").write_text("18\n")
        holder.start()
        assert holder.sql("SELECT 1") == (1,)
        assert not half_made.exists()
        holder.stop()


def test_a_home_with_a_very_long_path_works() -> None:
    with a_home("-".join(["a rather long name with spaces"] * 6)) as holder:
        holder.start()
        assert holder.sql("SELECT 1") == (1,)
        assert holder.places.home not in holder.places.run.parents
        assert holder.redis().ping() is True
        assert holder.stop() == 0


def test_an_unknown_language_of_the_system_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "xx_XX.UTF-8")
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    with a_home() as holder:
        holder.start()
        assert holder.sql("SELECT upper('özgür')") == ("ÖZGÜR",)
        holder.stop()


def test_a_private_parent_folder_stays_private(holder: Holder) -> None:
    assert holder.places.home.parent.stat().st_mode & 0o777 == 0o700
    assert holder.places.postgres.stat().st_mode & 0o777 == 0o700
    assert holder.places.postgres.stat().st_uid == os.geteuid()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another identity for PostgreSQL")
def test_root_without_namespaces_runs_it_as_nobody(short_path: Path) -> None:
    """A PATH without unshare stands for a system that forbids user namespaces."""
    copies = set(housing.SYSTEM_FOLDER.glob("*"))
    with a_home() as holder:
        holder.environment["PATH"] = str(short_path)
        holder.start()
        holder.sql("CREATE TABLE kept AS SELECT 1 AS one")
        assert psutil.Process(holder.pid_of("postgres")).username() == "nobody"
        assert holder.places.home.stat().st_mode & 0o777 == 0o700
        holder.kill()
        holder.environment.clear()
        holder.start()
        assert holder.sql("SELECT one FROM kept") == (1,)
        holder.stop()
    for made in set(housing.SYSTEM_FOLDER.glob("*")) - copies:
        shutil.rmtree(made)


def as_started(command: list[str]) -> list[str]:
    """Return how to run this server again by hand."""
    if os.geteuid() != 0:
        return command
    return ["unshare", "--user", "--map-user=65534", "--map-group=65534", *command]
