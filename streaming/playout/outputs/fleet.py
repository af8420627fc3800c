"""All the ways out of one run: what is wanted against what runs, touching only the difference."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from streaming.playout.errors import SpecError
from streaming.playout.lease import Fence
from streaming.playout.outputs.base import Output, Standing, Surroundings
from streaming.playout.outputs.hls import HlsOutput
from streaming.playout.outputs.hls_push import HlsPushOutput
from streaming.playout.outputs.recording import RecordingOutput
from streaming.playout.outputs.rtmp import RtmpOutput
from streaming.playout.outputs.srt import SrtOutput
from streaming.playout.spec import HlsPushSpec, HlsSpec, OutputSpec, RecordingSpec, RtmpSpec, SrtSpec, same_way
from streaming.playout.units import StreamFormat, Unit

KINDS: dict[type[OutputSpec], Callable[[Any, Surroundings], Output]] = {
    RtmpSpec: RtmpOutput,
    SrtSpec: SrtOutput,
    HlsPushSpec: HlsPushOutput,
    RecordingSpec: RecordingOutput,
    HlsSpec: HlsOutput,
}


class Fleet:
    """:meth:`deliver` and :meth:`boundary` are the clock's and never block; the rest is for one thread at a time."""

    def __init__(self, changed: Callable[[Standing], None], recorded: Callable[[dict[str, Any]], None]) -> None:
        """``changed`` and ``recorded`` (a finished file's fields) are called from the outputs' threads."""
        self._changed = changed
        self._recorded = recorded
        self._fence = Fence()
        self._outputs: dict[str, Output] = {}
        self.format: StreamFormat | None = None

    @property
    def ids(self) -> list[str]:
        """Ids of what runs."""
        return sorted(self._outputs)

    def want(self, specs: Sequence[OutputSpec]) -> None:
        """Start what is new, stop what is gone, leave the rest alone.

        A connection lives on while its address and key stay; what else its spec says counts from the next one on.
        """
        wanted = {spec.id: spec for spec in specs}
        outputs = dict(self._outputs)
        for identity, output in list(outputs.items()):
            spec = wanted.get(identity)
            if spec is None or not same_way(spec, output.spec):
                del outputs[identity]
                output.stop()
            elif spec != output.spec:
                output.adopt(spec)
        for identity, spec in wanted.items():
            if identity not in outputs:
                outputs[identity] = self._make(spec)
                outputs[identity].start()
        self._outputs = outputs

    def lease(self, until: float | None) -> None:
        """Let them send until then, in seconds of the lease's clock; None: for ever."""
        self._fence.set(until)
        for output in self._outputs.values():
            output.released()

    def renew(self, identity: str) -> None:
        """Renew a connection soon.

        Raises:
            SpecError: there is none of this id that can be renewed.

        """
        output = self._outputs.get(identity)
        if output is None:
            raise SpecError("output", f"is none of {', '.join(self.ids) or 'the outputs, there are none'}.")
        if not output.renew():
            raise SpecError("output", f"{identity} has no connection that can be renewed.")

    def deliver(self, units: Sequence[Unit]) -> None:
        """Hand units to every output."""
        for output in self._outputs.values():
            output.put(units)

    def boundary(self, seconds: float) -> None:
        """Tell every output that a track begins at this media time: a good moment for what has to be done anyway."""
        for output in self._outputs.values():
            output.boundary(round(seconds * 1000))

    def statistics(self) -> list[dict[str, Any]]:
        """Return each output's figures."""
        return [output.statistics() for output in self._outputs.values()]

    def close(self, seconds: float) -> None:
        """Stop all of them, and give them so long to say good-bye."""
        outputs = list(self._outputs.values())
        for output in outputs:
            output.stop()
        deadline = time.monotonic() + seconds
        for output in outputs:
            output.join(max(0.0, deadline - time.monotonic()))
        self._fence.close()

    def _make(self, spec: OutputSpec) -> Output:
        if self.format is None:
            raise RuntimeError("Outputs need the stream's format, which the first picture tells.")
        return KINDS[type(spec)](spec, Surroundings(self.format, self._fence, self._changed, self._recorded))
