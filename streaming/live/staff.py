"""The live socket of a station's destinations, for staff who may see them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async
from rest_framework.authtoken.models import Token

from streaming.live.consumers import StationConsumer, hub
from streaming.live.destinations import TOPIC

if TYPE_CHECKING:
    from accounts.people.models import User

NOT_ALLOWED = 4403
FRESH_SECONDS = 5.0
"""Figures that grow all the time are read again so often, once for all who watch; a change of state comes at once."""


class DestinationsConsumer(StationConsumer):
    """Sends the destinations' snapshot on connect, when one changes, and every five seconds.

    Closes 4403 for whoever may not see them: a session of the console or ``Authorization: Token …`` says who it is.
    """

    topic_kind = TOPIC

    async def connect(self) -> None:
        """Let in who may see destinations."""
        if not await database_sync_to_async(_may_see)(self.scope.get("user"), _token(self.scope["headers"])):
            await self.accept()  # a close before that reaches browsers without its code
            await self.close(code=NOT_ALLOWED)
            return
        await super().connect()

    async def next_text(self) -> str | None:
        """Wait for what is said, no longer than figures stay fresh."""
        try:
            return await asyncio.wait_for(self.mailbox.take(), FRESH_SECONDS)
        except TimeoutError:
            return await hub().present(self.topic)


def _may_see(user: User | None, token: str) -> bool:
    if token:
        found = Token.objects.select_related("user").filter(key=token).first()
        user = found.user if found else None
    return bool(user and user.is_active and user.is_staff and user.has_perm("streaming.view_destination"))


def _token(headers: list[tuple[bytes, bytes]]) -> str:
    words = dict(headers).get(b"authorization", b"").decode("latin-1").split()
    return words[1] if len(words) == 2 and words[0].lower() == "token" else ""  # noqa: PLR2004 - the scheme and the key
