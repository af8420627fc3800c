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
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - see above

    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
