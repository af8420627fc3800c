"""Which node this is, and that it is the only one of its home."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from streaming.nodes.models import Node

if TYPE_CHECKING:
    from collections.abc import Callable

NAME_LIMIT = 120


def node_name() -> str:
    """Return this home's node name: the host's with a few random letters, made once and kept in the home.

    It stays the same when a container gets a new host name, so that its own leases are known again.
    """
    file = Path(settings.PLACES.home) / "node_name"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="utf-8").strip()[:NAME_LIMIT]
    name = f"{socket.gethostname()[:100]}-{secrets.token_hex(3)}"
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(name)
    return name


class ThisNode:
    """This node's row, found when the database is there to be asked."""

    def __init__(self) -> None:
        """Only the name is known yet."""
        self.name = node_name()
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
        """Note that the node works, and since when."""
        now = timezone.now()
        begun = {"pid": os.getpid(), "started_at": now} if started else {}
        Node.objects.filter(pk=self.row().pk).update(seen_at=now, **begun)


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
