"""All the ways out of one run: what is wanted against what runs, touching only the difference."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from streaming.playout.outputs.base import Output
from streaming.playout.outputs.hls import HlsOutput
from streaming.playout.outputs.rtmp import RtmpOutput
from streaming.playout.spec import HlsSpec, OutputSpec
from streaming.playout.units import StreamFormat, Unit


class Fleet:
    """:meth:`deliver` is the clock's and never blocks; :meth:`want` may be called from any one thread at a time."""

    def __init__(self, changed: Callable[[str, bool, str], None]) -> None:
        """``changed(id, up, error)`` is called from the outputs' threads."""
        self._changed = changed
        self._outputs: dict[str, Output] = {}
        self.format: StreamFormat | None = None

    @property
    def ids(self) -> list[str]:
        """Ids of what runs."""
        return sorted(self._outputs)

    def want(self, specs: Sequence[OutputSpec]) -> None:
        """Start what is new, stop what is gone, leave the rest alone."""
        wanted = {spec.id: spec for spec in specs}
        outputs = dict(self._outputs)
        for identity, output in list(outputs.items()):
            if wanted.get(identity) != output.spec:
                del outputs[identity]
                output.stop()
        for identity, spec in wanted.items():
            if identity not in outputs:
                outputs[identity] = self._make(spec)
                outputs[identity].start()
        self._outputs = outputs

    def deliver(self, units: Sequence[Unit]) -> None:
        """Hand units to every output."""
        for output in self._outputs.values():
            output.put(units)

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

    def _make(self, spec: OutputSpec) -> Output:
        if self.format is None:
            raise RuntimeError("Outputs need the stream's format, which the first picture tells.")
        if isinstance(spec, HlsSpec):
            return HlsOutput(spec, self.format, self._changed)
        return RtmpOutput(spec, self.format, self._changed)
