"""What can go wrong with telling an alert."""

from __future__ import annotations

from config.lib.problem import LongwaveError


class ChannelInvalidError(LongwaveError, ValueError):
    """A field of a channel cannot be used; the sentence names it and the remedy."""

    status = 422
    title = "The channel cannot be saved"


class NotToldError(LongwaveError):
    """A channel did not take a message.

    Attributes:
        again: whether the same message may be taken later.
        after: seconds the service asks to wait before that, None if it names none.
        gone: the channel's own address is no more, or its token is void: nothing will ever be taken there.

    """

    status = 502
    title = "The message could not be delivered"

    def __init__(self, detail: str, *, again: bool = False, after: float | None = None, gone: bool = False) -> None:
        super().__init__(detail)
        self.again = again
        self.after = after
        self.gone = gone


class ChatMovedError(Exception):
    """Telegram has given the chat another number, ``chat``."""

    def __init__(self, chat: str) -> None:
        super().__init__(f"The chat is {chat} now.")
        self.chat = chat
