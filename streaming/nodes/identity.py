"""Which node this is, and that it is the only one of its home."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models.functions import Now

from streaming.nodes.models import Node
from streaming.nodes.observing import Observed

if TYPE_CHECKING:
    from collections.abc import Callable

NAME_LIMIT = 120


def node_name(given: str | None = None) -> str:
    """Return this home's node name: the host's with a few random letters, made once and kept in the home.

    It stays the same when a container gets a new host name, so that its own leases are known again. One that is
    ``given`` is kept from then on.
    """
    file = Path(settings.PLACES.home) / "node_name"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if given is not None:
        file.write_text(given[:NAME_LIMIT], encoding="utf-8")
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="utf-8").strip()[:NAME_LIMIT]
    name = f"{socket.gethostname()[:100]}-{secrets.token_hex(3)}"
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(name)
    return name


@dataclass(frozen=True)
class Described:
    """What was said of this node on the command line; None: as it is in the database."""

    name: str | None = None
    labels: tuple[str, ...] | None = None
    capacity: int | None = None

    def fields(self) -> dict[str, Any]:
        """Return what is to be written when the node begins."""
        said: dict[str, Any] = {} if self.labels is None else {"labels": sorted(set(self.labels))}
        return said if self.capacity is None else {**said, "capacity": self.capacity}


class ThisNode:
    """This node's row, found when the database is there to be asked, and what it has seen of the others."""

    def __init__(self, described: Described | None = None) -> None:
        """Only the name is known yet."""
        self._described = described or Described()
        self.name = node_name(self._described.name)
        self.observed = Observed()
        self._row: Node | None = None

    def row(self) -> Node:
        """Return the row; made on the first use.

        Raises:
            django.db.OperationalError: the database is away.

        """
        if self._row is None:
            self._row, _ = Node.objects.get_or_create(name=self.name)
        return self._row

    def seen(self, *, started: bool = False) -> None:
        """Note that the node works, and since when; whoever said that it is switched off was wrong."""
        begun: dict[str, Any] = {}
        if started:
            begun = {"pid": os.getpid(), "started_at": Now(), "version": settings.RELEASE, **self._described.fields()}
        Node.objects.filter(pk=self.row().pk).update(seen_at=Now(), gone_at=None, **begun)


class HomeLock:
    """The lock that lets one node of a home work and others stand by; the system frees it with the process."""

    def __init__(self) -> None:
        """Open the lock's file."""
        self._file = Path(settings.PLACES.run) / "node.lock"
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> bool:
        """Take it if it is free."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, str(os.getpid()).encode(), 0)
        return True

    def holder(self) -> str:
        """Return the pid that holds it, as text."""
        return self._file.read_text(encoding="ascii").strip() or "unknown"

    def take_later(self, taken: Callable[[], None]) -> None:
        """Wait for it in a thread and say when it is ours."""

        def wait() -> None:
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            self.take()
            taken()

        threading.Thread(target=wait, name="standby", daemon=True).start()

    def close(self) -> None:
        """Let go."""
        os.close(self._handle)
