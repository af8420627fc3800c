"""The frame of every job that runs inside: read the order, shut in, work, say the result in lines of JSON."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from catalog.media.inside import jail

# At most this often is progress said, in seconds.
PAUSE = 0.4
NICENESS = 10
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class RefusedError(Exception):
    """The file is not what it should be; the text is a sentence for the person who sent it."""


class Teller:
    """Says lines on standard output."""

    def __init__(self) -> None:
        self._next = 0.0

    def progress(self, part: float) -> None:
        """Say how much is done, 0 to 1, unless it was said just now."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + PAUSE
            self.say({"progress": max(0, min(99, int(part * 100)))})

    def say(self, line: dict[str, Any]) -> None:
        """Say one line."""
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


Work = Callable[[dict[str, Any], dict[str, int], Teller], dict[str, Any]]


def run(work: Work) -> None:
    """Do the job that the command line orders.

    1. read the order: one JSON object with ``limits``, ``files`` (name to open file) and ``order``;
    2. shut the process in, before any byte of a file is read;
    3. work, and say ``{"done": …}``, ``{"refused": "a sentence"}`` or ``{"full": true}`` as the last line.
    """
    job = json.loads(sys.argv[1])
    teller = Teller()
    teller.say({"walls": jail.close(jail.Limits(**job["limits"]))})
    jail.end_with_the_parent()
    os.nice(NICENESS)  # what is on air comes first
    try:
        teller.say({"done": work(job["order"], job["files"], teller)})
    except RefusedError as error:
        teller.say({"refused": str(error)})
    except MemoryError:
        memory = job["limits"]["memory"] // 1024**2
        teller.say({"refused": f"Reading the file takes more than {memory} MiB of memory. Send a smaller picture."})
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        teller.say({"full": True})
