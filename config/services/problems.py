"""What stops ``up``: each is one sentence that says what is wrong and what to do, and an exit code."""

from __future__ import annotations


class StartError(Exception):
    """Longwave cannot start; ``str()`` is the sentence for the person in front of the terminal."""

    exit_code = 1


class AlreadyRunningError(StartError):
    """Another ``up`` owns this home."""

    exit_code = 75  # EX_TEMPFAIL: try again when the other has ended


class StopRequested(Exception):  # noqa: N818 - being asked to stop is not an error
    """SIGTERM, SIGINT or SIGHUP came, or the pipe we hold on to was closed."""
