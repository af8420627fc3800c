"""Our hold on one run of an encoder: its process, its link, its progress, and what it was told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import structlog

from streaming.nodes import adopt, difference, process, specfile
from streaming.nodes.folder import write_private
from streaming.nodes.link import Link, LinkError
from streaming.nodes.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streaming.nodes.difference import Json, Wanted
    from streaming.nodes.folder import EncoderFolder

log = structlog.get_logger(__name__)

RECONNECT_SECONDS = 1.0


class Grip:
    """One run, from our start or adoption of it to its end. Used by one thread, the watch's."""

    def __init__(self, folder: EncoderFolder, run: UUID, held: process.Process, running: Wanted | None) -> None:
        """``running`` is what it was started as or told since, ``None`` if that is not known."""
        self.folder = folder
        self.run = run
        self.process = held
        self.running = running
        self.usage = process.Usage(held.pid)
        self.progress = Progress()
        self.last_sequence = 0
        self.link: Link | None = None
        self.hello: Json = {}
        self.told = False
        self.stop_by: float | None = None

    def connect(self, deliver: Callable[[Link, Json], None], closed: Callable[[Link, str], None]) -> bool:
        """Connect to the process if it listens already; facts we have are not sent again."""
        if not self.folder.socket.exists():
            return False
        link = Link(self.folder.socket, deliver, closed)
        try:
            self.hello = link.greet(self.last_sequence, RECONNECT_SECONDS)
        except LinkError:
            return False  # how long that may last is the watchdog's business
        self.link = link
        return True

    def lost(self, link: Link) -> bool:
        """Note that a link ended; tells whether it was ours. What was told is told again on the next one."""
        if link is not self.link:
            return False
        self.link, self.told = None, False
        return True

    def tell(self, wanted: Wanted) -> bool:
        """Tell the process what changed of source and outputs; return whether anything was."""
        if self.link is None:
            return False
        said = difference.commands(self.running if self.told else None, wanted)
        if not all(self.link.send(command) for command in said):
            return False
        before, self.running, self.told = self.running, difference.as_told(self.running, wanted), True
        return before != self.running

    def show(self, cue: Json, picture: Json, at: float | None = None) -> None:
        """Say what to show, if there is a link; on the next one it is said again unless it is on air.

        ``at`` is the media time to show it at; None: now.
        """
        if self.link is not None:
            when = {} if at is None else {"at": round(at, 3)}
            self.link.send({"do": "show", "cue": cue, "picture": picture, "id": f"show:{cue.get('id')}", **when})

    def prepare(self, picture: Json) -> None:
        """Say what will probably have to be shown soon, if there is a link; lost, it costs a seam at most."""
        if self.link is not None:
            self.link.send({"do": "prepare", "picture": picture, "id": f"prepare:{picture['id']}"})

    def renew(self, output: str) -> None:
        """Say that an output is to connect anew now, if there is a link; an operator asks again if it is lost."""
        if self.link is not None:
            self.link.send({"do": "renew", "output": output, "id": f"renew:{output}"})

    def lease(self, name: str, until: float | None) -> None:
        """Say how long it may send, if there is a link; on the next one it is said again. From any thread."""
        if (link := self.link) is not None:
            link.send({"do": "lease", "lease": {"until": until}, "id": name})

    def stop(self, by: float) -> None:
        """Ask it to end cleanly; by ``by`` (monotonic) it will be killed."""
        self.stop_by = by
        if self.link is None or not self.link.send({"do": "stop"}):
            self.process.terminate()

    def close(self) -> None:
        """Hang up."""
        if self.link is not None:
            self.link.close()
            self.link = None


def begin(
    folder: EncoderFolder,
    wanted: Wanted,
    *,
    picture: Json,
    cue: Json | None,
    lease: Json,
    command: Sequence[str] = (),
) -> Grip:
    """Start a process: write its spec, start it, note it so that another node finds it.

    Raises:
        OSError: the disk or the system does not let us.

    """
    run = uuid4()
    specfile.write(folder, run, wanted, picture=picture, cue=cue, lease=lease)
    folder.socket.unlink(missing_ok=True)
    child = process.spawn(folder.spec, folder.log(run), command)
    write_private(folder.process, {"run": str(run), "pid": child.pid})
    grip = Grip(folder, run, child, replace(wanted, takeover=None))  # no spec has one: it is told
    grip.told = True  # by its spec
    log.info("encoder started", station=str(folder.station), run=str(run), pid=child.pid)
    return grip


def take_over(
    folder: EncoderFolder,
    *,
    stored: dict[UUID, int],
    deliver: Callable[[Link, Json], None],
    closed: Callable[[Link, str], None],
) -> Grip | None:
    """Take over the encoder on air in this folder, if one is and answers; ``stored`` says which facts we have."""
    found = adopt.adopt(
        folder,
        since=lambda run: stored.get(run, 0) if run else 0,
        deliver=deliver,
        closed=closed,
    )
    if found is None:
        return None
    grip = Grip(folder, found.run, found.process, specfile.read(folder))
    grip.link, grip.hello = found.link, found.hello
    grip.last_sequence = stored.get(found.run, 0)
    log.info("encoder adopted", station=str(folder.station), run=str(found.run), pid=found.process.pid)
    return grip
