"""``python -m config.services.hold``: the embedded PostgreSQL and Valkey alone, for as long as stdin stays open.

Whoever starts it keeps a pipe to its stdin; when that process ends, however it ends, the pipe closes and both are
stopped. Writes "ready" to stdout once both take connections, or a sentence to stderr and a non-zero exit code.
Arguments are further settings of PostgreSQL: ``fsync=off``; ``--temporary`` removes LONGWAVE_HOME at the end.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from config import home
from config.services.console import Console
from config.services.housing import remove_home
from config.services.lock import owner_of
from config.services.postgres import postgres
from config.services.problems import StartError, StopRequested
from config.services.supervisor import Supervisor
from config.services.valkey import valkey

if TYPE_CHECKING:
    from config.lib.places import Places


def main(arguments: list[str]) -> int:
    """Run both until stdin ends; return the exit code."""
    places = home.places()
    try:
        return _hold(places, [argument for argument in arguments if not argument.startswith("--")])
    finally:
        if "--temporary" in arguments:
            remove_home(places)


def _hold(places: Places, settings: list[str]) -> int:
    places.make()
    try:
        with (
            owner_of(places.home),
            Supervisor(places.run / "parts", Console(places.logs / "services.log"), held_by=0) as supervisor,
        ):
            supervisor.start([postgres(places, settings=settings), valkey(places)])
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            supervisor.watch()
    except StopRequested:
        return 0
    except StartError as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
