"""What others may ask of a station's watch, from any thread: each is a message, carried out by the watch's own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from streaming.nodes.mailbox import Mailbox
from streaming.nodes.prompter import Prompter

if TYPE_CHECKING:
    from streaming.nodes.difference import Json, Wanted
    from streaming.nodes.fence import Order
    from streaming.nodes.grip import Grip
    from streaming.nodes.leash import Leash
    from streaming.nodes.timing import Due


class Asked(threading.Thread, ABC):
    """The doors of a watch; they never wait for an encoder."""

    _leash: Leash

    def __init__(self, name: str) -> None:
        """Begin with nothing asked."""
        super().__init__(name=name, daemon=True)
        self._inbox = Mailbox()
        self._grip: Grip | None = None
        self._prompter = Prompter()
        self._left = self._ending = False

    def want(self, wanted: Wanted | None) -> None:
        """Have the encoder on air like this, or (``None``) off air."""
        self._inbox.put(partial(self._take_wish, wanted))

    def show(self, cue: Json, picture: Json, due: Due | None = None) -> None:
        """Show this picture at its instant, or now; remembered until it is on air, also over a restart."""
        self._inbox.put(lambda: self._prompter.ask(self._grip, cue, picture, due))

    def retime(self, dues: dict[int, Due]) -> None:
        """Give what waits for its instant the instants known now, by track change."""
        self._inbox.put(lambda: self._prompter.retime(self._grip, dues))

    def prepare(self, picture: Json) -> None:
        """Say what will probably have to be shown soon; with no process there, there is nothing to prepare."""
        self._inbox.put(lambda: self._grip.prepare(picture) if self._grip else None)

    def restart(self) -> None:
        """End the process and start it anew; an encoder that had given up gets a new chance."""
        self._inbox.put(self._take_restart)

    def renew(self, output: str) -> None:
        """Have this output connect anew now; with no process there, it will connect anyway."""
        self._inbox.put(lambda: self._grip.renew(output) if self._grip else None)

    def may_send(self, order: Order) -> None:
        """Have the encoder send for so long: this one, and any that is started in its place."""
        self._leash.take(order, self._grip)
        self._inbox.put(lambda: self._leash.tell(self._grip))

    def go_on_after(self, entry: str | None) -> None:
        """Say which entry of the playlist was on air elsewhere: a list goes on, it does not begin anew."""
        self._inbox.put(partial(setattr, self._prompter.showing, "entry", entry))

    def leave(self) -> None:
        """End this thread and leave the encoder on air."""
        self._inbox.put(partial(setattr, self, "_left", True))

    def end(self) -> None:
        """Take the encoder off air, then end this thread."""
        self.want(None)
        self._inbox.put(partial(setattr, self, "_ending", True))

    def usage(self) -> tuple[float, float]:
        """Return per cent of a core since the last call, and MiB; called by the desk."""
        return held.usage.look() if (held := self._grip) else (0.0, 0.0)

    @abstractmethod
    def _take_wish(self, wanted: Wanted | None) -> None:
        """Follow a wish."""

    @abstractmethod
    def _take_restart(self) -> None:
        """Begin anew."""
