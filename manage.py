#!/usr/bin/env python
"""Django's command line for Longwave."""

import os
import sys
from pathlib import Path


def main() -> int:
    """Run the command; ``up`` alone, which lives for months, runs without loading Django."""
    from config import dotenv  # noqa: PLC0415 - each branch loads only what it needs

    dotenv.load(Path(__file__).parent / ".env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:] == ["up"]:
        from config.services.up import main as up  # noqa: PLC0415 - see above

        return up()
    if sys.argv[1:2] in (["migrate"], ["prepare"]):
        os.environ["STATEMENT_SECONDS"] = "0"  # an index over a large table takes its time
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - see above
    from django.db import OperationalError  # noqa: PLC0415 - see above

    from accounts.audit.acting import this_process_is_a_command  # noqa: PLC0415 - see above

    this_process_is_a_command(" ".join(sys.argv[1:3]))
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        sys.stderr.write(f"The database does not answer ({reason}). Is Longwave running? Start it with bin/up.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
