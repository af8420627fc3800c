"""Keeps one station's encoder alive: starts it, listens to it, ends it when it hangs, starts it again.

A thread that knows processes, sockets and the monotonic clock, and nothing of the database: whatever happens
there, an encoder on air is looked after. What it learns lies on the board for the desk; what is wanted comes as
messages, which it takes one after another, so nothing in here needs a lock.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from django.utils import timezone

from streaming.nodes import adopt, difference, grip, machine, process, sentences, specfile
from streaming.nodes.asked import Asked
from streaming.nodes.board import Trouble
from streaming.nodes.leash import Leash
from streaming.nodes.machine import Act, Life, State
from streaming.nodes.oom import Kills
from streaming.nodes.starting import STARTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from streaming.nodes.board import Board
    from streaming.nodes.difference import Json, Wanted
    from streaming.nodes.folder import EncoderFolder
    from streaming.nodes.link import Link

log = structlog.get_logger(__name__)

BUSY_PACE = 0.1
CALM_PACE = 0.5
CALM = (State.RUNNING, State.STOPPED, State.FAILED)
STOP_SECONDS = 4.0
PICTURE_UNREADABLE = 66
KILLS = Kills()


class Watch(Asked):
    """One station's encoder on this machine."""

    def __init__(
        self,
        folder: EncoderFolder,
        board: Board,
        *,
        life: Life | None = None,
        stored: dict[UUID, int] | None = None,
        command: Sequence[str] = (),
    ) -> None:
        """``life`` is where the records say it was, ``stored`` up to which fact each open run is stored."""
        super().__init__(f"watch-{folder.station.hex[:8]}")
        self.folder = folder
        self.board = board
        self._command = command
        self._stored = stored or {}
        self._leash = Leash(folder, board.fence)
        self._life = life or Life()
        self._wish: Wanted | None = None
        self._on_air: bool | None = None  # nobody said yet: what is on air stays on air
        self._restart = False
        self._last_failure = ""

    # The thread.

    def run(self) -> None:
        """Look and act until told to leave."""
        self.folder.make()
        if not self._adopt():
            self._life = machine.found_dead(self._life, time.monotonic())
        self._publish()
        while not self._left and (self._grip or not self._ending):
            try:
                self._round()
            except Exception as error:  # noqa: BLE001 - whatever it is, an encoder on air must not go unwatched
                self._fail(error)
        if self._grip:
            self._grip.close()

    def _round(self) -> None:
        stops = self._grip is not None and self._grip.stop_by is not None
        self._inbox.take(CALM_PACE if self._life.state in CALM and not stops else BUSY_PACE)
        self._look(time.monotonic())
        self._act(time.monotonic())
        self._publish()

    def _fail(self, error: Exception) -> None:
        """Report a failure of our own once, and go on."""
        if str(error) != self._last_failure:
            self._last_failure = str(error)
            self._trouble("critical", f"The node met an error and goes on: {error}", kind=type(error).__name__)
            log.error("watch failed", station=str(self.folder.station), exc_info=error)

    # Messages.

    def _take_wish(self, wanted: Wanted | None) -> None:
        self._on_air = wanted is not None
        if wanted is not None:
            self._wish = wanted
            self._tell()

    def _take_restart(self) -> None:
        self._life = machine.pardoned(self._life, time.monotonic())
        self._restart = self._grip is not None

    # Events of the encoder, in the order in which its link got them.

    def _deliver(self, link: Link, event: Json) -> None:
        self._inbox.put(partial(self._take_event, link, event))

    def _closed(self, link: Link, reason: str) -> None:
        self._inbox.put(partial(self._take_hang_up, link, reason))

    def _take_event(self, link: Link, event: Json) -> None:
        held = self._grip
        if held is None or link is not held.link:
            return  # of a process that is gone: its journal has the facts
        if "seq" in event:
            held.last_sequence = max(held.last_sequence, int(event["seq"]))
            self.board.add_fact(held.run, event)
        kind = event.get("event")
        if kind == "statistics":
            self._take_statistics(held, event)
        elif kind == "aired":
            self._prompter.showing.aired(event)
        elif kind in {"title", "source", "sound"}:
            self.board.add_sign(held.run, event)
        elif kind == "answer" and not self._leash.answered(event) and not event.get("ok"):
            self._take_refusal(event)

    def _take_statistics(self, held: grip.Grip, event: Json) -> None:
        if held.progress.note(int(event.get("frame") or 0)):
            self._life = machine.progressed(self._life, time.monotonic())
        KILLS.look()
        self.board.update(statistics=event, seen_at=timezone.now())
        self._prompter.tick(held, event)

    def _take_refusal(self, event: Json) -> None:
        """Report a command that was refused; a picture that cannot be shown gives way to the slate."""
        asked = str(event.get("to", ""))
        self._trouble("error", f"The encoder refused '{asked.partition(':')[0]}': {event.get('error')}", refused=asked)
        if self._wish:
            self._prompter.refused(self._grip, event, self._wish.slate)

    def _take_hang_up(self, link: Link, reason: str) -> None:
        if self._grip and self._grip.lost(link):
            log.info("link ended", station=str(self.folder.station), reason=reason)

    # Looking.

    def _look(self, now: float) -> None:
        """Notice an end, a lost link, a hang."""
        held = self._grip
        if held is None:
            return
        if held.process.ended():
            self._take_end(held, now)
            return
        if held.link is None and held.connect(self._deliver, self._closed):
            self._greet(held)
        held.progress.look(now)
        if held.stop_by is not None:
            if now >= held.stop_by:
                self._kill(held, "warning", sentences.of_deaf(STOP_SECONDS))
        elif held.progress.hangs:
            self._kill(held, "critical", sentences.of_hang(held.progress.waited))

    def _take_end(self, held: grip.Grip, now: float) -> None:
        """The process is gone: keep its code and last lines, and decide what its end means."""
        code, asked = held.process.exit_code(), held.stop_by is not None
        lines = process.last_lines(self.folder.log(held.run))
        self._life = machine.ended(self._life, now, asked=asked)
        held.close()
        self._grip = None
        if not asked:
            crash = sentences.of_crash(self._life, code, no_memory=KILLS.explain(code))
            self._trouble(*crash, run=held.run, exit_code=code)
            self._prompter.showing.slate = code == PICTURE_UNREADABLE
        elif not self._restart:
            self._prompter.showing.forget()
            self.folder.spec.unlink(missing_ok=True)
        self._restart = False
        self.board.end_run(held.run, at=timezone.now(), exit_code=code, last_lines=lines)
        self.board.update(exit_code=code, last_lines=lines)

    def _kill(self, held: grip.Grip, severity: str, sentence: str) -> None:
        self._trouble(severity, sentence)
        held.process.kill()
        held.process.wait(STOP_SECONDS)

    # Acting.

    def _act(self, now: float) -> None:
        """Start, stop or restart as the state machine says."""
        if self._on_air is None and self._wish is None:
            return  # nobody told us anything, and nothing was on air
        wanted = self._on_air is not False
        if not wanted:
            self._life = machine.rested(self._life, now)
        act = machine.next_act(self._life, wanted=wanted and not self._restart, now=now)
        if act is Act.SPAWN:
            self._spawn(now)
        elif act is Act.STOP and self._grip and self._grip.stop_by is None:
            self._grip.stop(now + STOP_SECONDS)

    def _spawn(self, now: float) -> None:
        """Take over an encoder that lives here already, else clear the way and start one."""
        if self._wish is None:
            return
        try:
            if self.folder.occupied():
                if self._adopt():
                    return
                adopt.clear_away(self.folder)
            if not STARTS.may(self.folder.station):
                return  # others are on their way: in a moment
            self._prompter.begin()
            self._leash.begins()
            held = grip.begin(
                self.folder,
                difference.going_on_after(self._wish, self._prompter.showing.entry),
                picture=self._prompter.showing.picture_for(self._wish),
                cue=self._prompter.showing.cue,
                lease=self._leash.part(),
                command=self._command,
            )
        except (OSError, adopt.StillOccupiedError) as error:
            self._life = machine.ended(machine.spawned(self._life, now), now, asked=False)
            self._trouble("critical", f"The encoder cannot be started: {error}")
            return
        self._hold(held)

    def _adopt(self) -> bool:
        """Take over the encoder that is on air here, if one is and answers."""
        held = grip.take_over(self.folder, stored=self._stored, deliver=self._deliver, closed=self._closed)
        if held is None:
            return False
        self._wish = self._wish or held.running
        self._hold(held)
        if held.hello.get("state") == "on_air":
            self._life = machine.progressed(self._life, time.monotonic())
        self._greet(held)
        return True

    def _greet(self, held: grip.Grip) -> None:
        """Say on a new link what the process should be, first of all how long it may send."""
        self._leash.tell(held)
        self._tell()
        self._prompter.greet(held)

    def _hold(self, held: grip.Grip) -> None:
        """Note a process as ours to look after."""
        self._grip = held
        self._life = machine.spawned(self._life, time.monotonic())
        self.board.begin_run(held.run, held.process.pid, held.process.started_at)

    def _tell(self) -> None:
        """Have the running encoder follow the wish; what only a new process can follow restarts it."""
        held, wish = self._grip, self._wish
        if held is None or wish is None or not self._on_air:
            return
        told = held.tell(wish)
        if held.running is not None and difference.needs_restart(held.running, wish):
            self._restart = True
        if told and held.running is not None:  # last: a full disk may refuse it, and all that matters is done
            picture = self._prompter.showing.picture_for(wish)
            cue, lease = self._prompter.showing.cue, self._leash.part()
            specfile.write(self.folder, held.run, held.running, picture=picture, cue=cue, lease=lease)

    def _publish(self) -> None:
        if self._grip is None or self._life.state is State.RUNNING:
            STARTS.over(self.folder.station)
        self.board.live(self._life, self._grip.process.pid if self._grip else None)

    def _trouble(self, severity: str, message: str, run: UUID | None = None, **context: Any) -> None:
        log.warning("encoder trouble", station=str(self.folder.station), message=message, **context)
        run = run or (self._grip.run if self._grip else None)
        self.board.trouble(Trouble(timezone.now(), severity, message, run, context))
