"""Plays a stream from the ingest server: the same RTMP as for publishing, the other way round."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from streaming.ingest.inside.errors import StreamEndedError, StreamStalledError
from streaming.playout.errors import OutputError
from streaming.playout.lease import Fence
from streaming.playout.outputs.chunks import AUDIO, USER_CONTROL, VIDEO, Message
from streaming.playout.outputs.session import Address, Session

FIRST_SECONDS = 8.0
"""The presenter is connected already: the first picture is as far away as his program's keyframes are."""

STALL_SECONDS = 2.5
"""The ingest server cuts a presenter off a little earlier, so that his program notices and connects anew."""

CUT_OFF_SECONDS = 1.2
"""Who sent nothing for so long before the end did not mean to stop."""

STALLED = "Nothing more came from the presenter."
STREAM_EOF = 1
OVER = frozenset({"NetStream.Play.UnpublishNotify", "NetStream.Play.Stop", "NetStream.Play.Complete"})


class PlaySession(Session):
    """One connection that plays one stream."""

    def play(self, name: str) -> None:
        """Ask for a stream; what it sends comes by :meth:`media`.

        Raises:
            OutputError: the server refuses, or does not answer.

        """
        self._send_chunk_size()
        self._await_result(self._command("connect", {"app": self._address.app, "tcUrl": self._address.url}))
        result = self._await_result(self._command("createStream", None))
        self._stream = int(result[3]) if len(result) > 3 and isinstance(result[3], float) else 1  # noqa: PLR2004
        self._command("play", None, name, -1000.0, stream=self._stream)

    def media(self) -> Iterator[Message]:
        """Yield messages of sound and picture as they come, until the stream is over.

        Raises:
            StreamEndedError: the presenter stopped, nothing comes any more, or the server is gone.

        """
        self._wire.patience = FIRST_SECONDS
        last = time.monotonic()
        while True:
            while self._inbox:
                message = self._inbox.pop(0)
                if message.kind in {AUDIO, VIDEO}:
                    self._wire.patience = STALL_SECONDS
                    last = time.monotonic()
                    yield message
                elif self._is_over(message):
                    if time.monotonic() - last > CUT_OFF_SECONDS:
                        raise StreamStalledError(STALLED)
                    raise StreamEndedError("The presenter stopped.")
            self._more()

    def _more(self) -> None:
        try:
            self._receive()
        except OutputError as error:
            if isinstance(error.__cause__, TimeoutError):
                raise StreamStalledError(STALLED) from error
            raise StreamEndedError(f"The ingest server is gone: {error}") from error

    def _is_over(self, message: Message) -> bool:
        if message.kind == USER_CONTROL and message.body[:2] == STREAM_EOF.to_bytes(2, "big"):
            return True
        try:
            values = self._values(message)
        except OutputError as error:
            raise StreamEndedError(f"The ingest server ended the stream: {error}") from error
        return bool(values) and values[0] == "onStatus" and _code(values) in OVER


def connect(url: str) -> PlaySession:
    """Connect and ask for the stream that the address's last part names.

    Raises:
        OutputError: the server cannot be reached or refuses.

    """
    app, _, name = url.rpartition("/")
    session = PlaySession(Address.parse(app), Fence(), private=True)
    session.play(name)
    return session


def _code(values: list[Any]) -> str:
    found: dict[str, Any] = next((value for value in reversed(values) if isinstance(value, dict)), {})
    return str(found.get("code", ""))
