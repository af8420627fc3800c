"""The provider for development: the code is shown to whoever sits at this machine, and sent nowhere.

It is printed where there is a terminal, else it goes to a file in the home that only its owner reads. Standard output
that is no terminal ends in a log, where no code may be.
"""

from __future__ import annotations

import os
import sys

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
FILE = "codes.txt"


def send(*, phone: str, code: str, minutes: int) -> None:
    """Show a code."""
    line = f"Code for {phone}: {code} (holds for {minutes} minutes)\n"
    if sys.stdout.isatty():
        sys.stdout.write(line)
        sys.stdout.flush()
        return
    place = settings.LONGWAVE_HOME / FILE
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(line)
    log.info("sms.shown", file=str(place))
