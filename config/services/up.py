"""Everything on one machine, in the foreground: started in order, watched, stopped in reverse.

It stays small because it lives as long as the radio does: no Django in this process.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config import env, home, strength
from config import ingest as ingest_plan
from config.env import EnvironmentValueError
from config.lib.ready import say_ready
from config.services import ground, processes, rolling
from config.services.console import Console
from config.services.ingest import NOT_HERE, find_program, ingest
from config.services.lock import owner_of
from config.services.postgres import postgres
from config.services.problems import StartError, StopRequested
from config.services.supervisor import Supervisor
from config.services.valkey import valkey

PATIENCE = 60.0  # seconds that our own processes have to come up before we go on without them

if TYPE_CHECKING:
    import socket

    from config.lib.places import Places
    from config.services.part import Part


def main() -> int:
    """Run until asked to stop; return the exit code: 0 asked, 1 cannot start, 75 it runs already."""
    began = time.monotonic()
    places = None
    try:
        places = home.places()
        run(places, began)
    except (StopRequested, KeyboardInterrupt):
        return 0
    except StartError as problem:
        return _refuse(str(problem), problem.exit_code)
    except EnvironmentValueError as problem:
        return _refuse(str(problem), 1)
    except OSError as error:
        if places is None:
            raise
        return _refuse(str(ground.sentence_for(error, places.home)), 1)
    return 0


def run(places: Places, began: float) -> None:
    """Start everything and watch it (ends with StopRequested).

    1. The ground: home, lock, port; nothing has been started when one of them fails.
    2. The services that have no address of their own.
    3. Database, static files, the first account.
    4. Our processes; the first time also the demo station.
    5. One line that says so.
    """
    with ExitStack() as stack:
        ground.prepare_home(places)
        stack.enter_context(owner_of(places.home))
        listener = stack.enter_context(ground.listen(home.host(), home.port()))

        console = Console(_log_file(places))
        supervisor = stack.enter_context(Supervisor(places.run / "parts", console))
        supervisor.start(_services(places))

        environment = _environment(places)
        done = _prepare(supervisor, environment)

        stack.callback(_tell_account, console, done)  # however it goes on: only this process knows the password
        if done.get("demo"):
            console.say("Making the demo station; this happens once")
        parts = _processes(environment, listener, demo=bool(done.get("demo"))) + _ingest(places, console)
        missing = supervisor.start(parts, patience=PATIENCE)

        _announce(console, _address(listener), done, missing, time.monotonic() - began)
        supervisor.watch(lambda: rolling.roll(supervisor, console, places, lambda: _migrate(supervisor, environment)))


def _services(places: Places) -> list[Part]:
    embedded: list[Part] = []
    if not env.text("DATABASE_URL"):
        embedded.append(postgres(places))
    if not env.text("REDIS_URL"):
        embedded.append(valkey(places))
    return embedded


def _environment(places: Places) -> dict[str, str]:
    """Return the environment of our processes: addresses by environment only, argument lists are public."""
    ours = {
        "DATABASE_URL": env.text("DATABASE_URL") or places.database_url,
        "REDIS_URL": env.text("REDIS_URL") or places.redis_url,
        "LONGWAVE_HOME": str(places.home),
        "LOG_FILE": "none",  # their lines come to us, and one writer turns the file over without losing any
        "PYTHONUNBUFFERED": "1",
    }
    inherited = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    return inherited | ours


def _log_file(places: Places) -> Path | None:
    name = env.text("LOG_FILE", str(places.logs / "longwave.log"))
    return None if name == "none" else Path(name)


def _prepare(supervisor: Supervisor, environment: dict[str, str]) -> dict[str, Any]:
    """Return the report: ``email`` and ``password`` if an account was made, ``demo`` if a demo station is wanted."""
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as report:  # noqa: PTH123 - a descriptor, not a path
        try:
            supervisor.start([processes.prepare(environment, writing)])
        finally:
            os.close(writing)
        done: dict[str, Any] = json.loads(report.read() or "{}")
        return done


def _migrate(supervisor: Supervisor, environment: dict[str, str]) -> None:
    """Bring database and static files up to date with the code there is now, while everything goes on."""
    with open(os.devnull, "wb") as nobody:  # noqa: PTH123 - its descriptor is what is wanted
        supervisor.do(processes.prepare(environment, nobody.fileno()))


def _processes(environment: dict[str, str], listener: socket.socket, *, demo: bool) -> list[Part]:
    parts = [
        processes.web(environment, listener),
        processes.worker(environment),
        processes.beat(environment),
        processes.node(environment),
    ]
    return [*parts, processes.demo(environment)] if demo else parts


def _ingest(places: Places, console: Console) -> list[Part]:
    """Return the server that presenters publish to, where it is wanted and this machine has it."""
    plan = ingest_plan.read(strength.secret_key(places))
    if not plan.url:
        return []
    program = find_program()
    if program is None:
        console.say(NOT_HERE)
        return []
    return [ingest(places, plan, program)]


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"


def _announce(console: Console, address: str, done: dict[str, Any], missing: list[str], seconds: float) -> None:
    """Say in one line that everything runs; the log gets it without the password."""
    state = (
        f"is on without {', '.join(missing)}, tried again and again: its reasons stand above,"
        if missing
        else "is ready"
    )
    line = f"Longwave {state} at {address} after {seconds:.1f} s"
    console.keep(line)
    console.tell(f"{line}{_account(done)}")
    say_ready()


def _account(done: dict[str, Any]) -> str:
    """Return the words about a new account, once."""
    if "password" not in done:
        return ""
    return f"; sign in at /admin/ as {done['email']} with the password {done.pop('password')} (shown this once)"


def _tell_account(console: Console, done: dict[str, Any]) -> None:
    if words := _account(done):
        console.tell(f"Longwave did not get ready{words}")


def _refuse(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
