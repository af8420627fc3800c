"""The process that reads a presenter's stream: started here, listened to, ended here."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from streaming.playout import livewire
from streaming.playout.livewire import Kind, Message

if TYPE_CHECKING:
    from streaming.playout.spec import Spec, TakeoverSpec

log = logging.getLogger(__name__)
MODULE = "streaming.ingest.inside"
GOODBYE = 1.0
FAILED = "The reader of the presenter's stream ended by itself; the encoder's log has the details."


class Reader:
    """One life of the process.

    From a thread of its own ``said`` gets each message, and ``ended`` how it ended: a word and a sentence.
    """

    def __init__(self, order: bytes, said: Callable[[Message], None], ended: Callable[[str, str], None]) -> None:
        """Start it and give it its order.

        Raises:
            OSError: the system cannot start it.

        """
        self._said = said
        self._ended = ended
        self._stopped = False
        command = [sys.executable, "-m", MODULE]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self._listen, args=(order,), name="presenter", daemon=True).start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._child.pid

    def stop(self) -> None:
        """End it; nothing is said any more."""
        self._stopped = True
        self._child.kill()

    def _listen(self, order: bytes) -> None:
        """Hand on what it says, then see how it ended."""
        child = self._child
        end, reason = "unusable", FAILED
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("The reader of the presenter's stream has no pipes.")
        try:
            child.stdin.write(order)
            child.stdin.flush()
            while (message := livewire.read(child.stdout)) is not None and not self._stopped:
                if message.kind is Kind.ENDED:
                    end, reason = str(message.words["end"]), str(message.words["reason"])
                else:
                    self._said(message)
        except (OSError, livewire.WireError) as error:
            log.warning("the reader of the presenter's stream: %s", error)
        finally:
            child.kill()
            code = child.wait()
            child.stdin.close()
            child.stdout.close()
        log.info("the reader of the presenter's stream ended with %d: %s", code, reason)
        if not self._stopped:
            self._ended(end, reason)


def order_for(takeover: TakeoverSpec, spec: Spec, config: bytes) -> bytes | None:
    """Return the reader's order; None if the station's coding is not known, so that nothing can be made to fit."""
    if spec.profile is None:
        return None
    return livewire.say(
        Kind.ORDER,
        url=takeover.url,
        profile=spec.profile,
        config=config.hex(),
        sample_rate=spec.sample_rate,
        channels=spec.channels,
    )
