"""Which presenter is wanted on air: at most one, the newest, and none a second time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from streaming.playout.takeover import Takeover, Tell

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

    from streaming.playout.mixer import Mixer
    from streaming.playout.spec import Spec, TakeoverSpec
    from streaming.playout.takeover_screen import GuestScreen
    from streaming.playout.units import SampleIndex

REMEMBERED = 64


class Takeovers:
    """At most one at a time: the one that is wanted."""

    def __init__(
        self, run: Spec, screen: GuestScreen, mixer: Mixer, fact: Tell, complain: Callable[[str], None]
    ) -> None:
        """``fact(name, **fields)`` keeps what happened, ``complain`` a sentence for the operator."""
        self._run = run
        self._screen = screen
        self._mixer = mixer
        self._fact = fact
        self._complain = complain
        self._lock = threading.Lock()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._current: Takeover | None = None
        self._alive: tuple[Takeover, ...] = ()

    @property
    def current(self) -> str | None:
        """The takeover that is wanted, on air or on its way."""
        current = self._current
        return current.spec.id if current is not None else None

    def want(self, spec: TakeoverSpec | None) -> None:
        """Have this presenter on air, or none; one that has ended in this run does not begin again."""
        with self._lock:
            current = self._current
            if current is not None and spec is not None and spec.id == current.spec.id:
                return
            self._current = None
            if current is not None:
                current.stop("It was ended from here.")
            if spec is None or spec.id in self._known:
                return
            self._known[spec.id] = None
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            self._current = Takeover(spec, self._run, self._screen, self._mixer, self._teller(spec.id), self._complain)
            self._alive = (*(one for one in self._alive if not one.over), self._current)
            self._current.start()

    def settled(self, at: SampleIndex, frame: AudioFrame | None) -> None:
        """Pass on that a frame of sound is settled."""
        for takeover in self._alive:
            takeover.settled(at, frame)

    def close(self) -> None:
        """End the reader."""
        self.want(None)

    def _teller(self, identity: str) -> Tell:
        def tell(state: str, end: str, reason: str, copied: bool) -> None:  # noqa: FBT001 - a fact's field
            fields: dict[str, Any] = {"id": identity, "state": state, "copied": copied, "reason": reason}
            if state == "ended":
                fields["end"] = end
                self._let_go(identity)
            self._fact("takeover", **fields)
            if end == "unusable":
                self._complain(reason)

        return tell

    def _let_go(self, identity: str) -> None:
        with self._lock:
            if self._current is not None and self._current.spec.id == identity:
                self._current = None
