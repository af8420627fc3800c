"""SRT destinations: an MPEG transport stream to a listener that we call."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from streaming.playout.addresses import Place
from streaming.playout.errors import HeldError, OutputError
from streaming.playout.lease import Fence
from streaming.playout.outputs import libsrt
from streaming.playout.outputs.addresses import resolve
from streaming.playout.outputs.connected import ConnectedOutput
from streaming.playout.outputs.link import Link
from streaming.playout.outputs.mpegts import Muxer
from streaming.playout.spec import RenewSpec, SrtSpec
from streaming.playout.units import StreamFormat, Unit


class SrtLink(Link):
    """One connection. Its own thread in the library sends; a turn that ends closes it and throws away the rest."""

    def __init__(self, spec: SrtSpec, form: StreamFormat, fence: Fence) -> None:
        """Connect to the first checked address that answers."""
        super().__init__()
        parts = urlsplit(spec.url)
        self._host, port = parts.hostname or "", parts.port or 0
        self._fence = fence
        self._form = form
        self._library = libsrt.library()
        self._handle = self._connect(resolve(self._host, port, private=spec.private, kind=socket.SOCK_DGRAM), spec)
        self._muxer = Muxer(form)
        self._rest = b""
        self._first: int | None = None
        self._last = 0

    @property
    def media_s(self) -> float:
        """Seconds of media sent."""
        return 0.0 if self._first is None else (self._last - self._first) / 1000

    def send(self, units: Sequence[Unit]) -> None:
        """Send what the units make whole."""
        if self._first is None:
            self._first = self._form.milliseconds(units[0])
        self._last = self._form.milliseconds(units[-1])
        self._rest += self._muxer.mux(units)
        whole = len(self._rest) // libsrt.PAYLOAD * libsrt.PAYLOAD
        for place in range(0, whole, libsrt.PAYLOAD):
            self._packet(self._rest[place : place + libsrt.PAYLOAD])
        self._rest = self._rest[whole:]

    def bye(self) -> None:
        """Send what is left; SRT's own good-bye comes with the closing."""
        if self._rest:
            self._packet(self._rest)
            self._rest = b""

    def close(self) -> None:
        """Close the connection."""
        self._fence.leave(self._cut)
        self._cut()
        self._muxer.close()

    def _packet(self, data: bytes) -> None:
        self._fence.check()
        if not self._library.send(self._handle, data):
            raise self._broken(self._library.last_error())
        self.sent += len(data)

    def _connect(self, places: list[Place], spec: SrtSpec) -> int:
        options: list[tuple[int, int | bytes]] = [
            (libsrt.CONNTIMEO, libsrt.TIMEOUT_MS),
            (libsrt.SNDTIMEO, libsrt.TIMEOUT_MS),
            (libsrt.LATENCY, spec.latency_ms),
        ]
        secrets = ((libsrt.STREAMID, spec.key), (libsrt.PASSPHRASE, spec.passphrase))
        options += [(option, secret.encode()) for option, secret in secrets if secret]
        wrong = "it has no address"
        for place in places:
            self._handle = self._library.open(options)
            try:
                self._fence.enter(self._cut)
                wrong = self._library.connect(self._handle, place)
            except BaseException:
                self._library.close(self._handle)
                raise
            if not wrong:
                return self._handle
            self._fence.leave(self._cut)
            self._cut()
        self._fence.check()
        raise OutputError(f"{spec.url.partition('?')[0]} cannot be reached by SRT: {wrong}.")

    def _broken(self, reason: str) -> OutputError:
        try:
            self._fence.check()
        except HeldError as held:
            return held
        return OutputError(f"The SRT connection to {self._host} broke: {reason}.")

    def _cut(self) -> None:
        self._library.close(self._handle)


class SrtOutput(ConnectedOutput):
    """Calls one listener, for ever."""

    spec: SrtSpec

    @property
    def plan(self) -> RenewSpec:
        """When it is renewed."""
        return self.spec.renew

    @property
    def places(self) -> int:
        """There is no backup."""
        return 1

    def open(self, place: int) -> Link:  # noqa: ARG002 - there is one place
        """Connect."""
        return SrtLink(self.spec, self.format, self._around.fence)
