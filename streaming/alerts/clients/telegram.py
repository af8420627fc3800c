"""Telegram's bots: ``sendMessage`` (Bot API 10.1). The token stands in the URL, so no URL is ever told."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django.conf import settings

from streaming.alerts.clients import answers
from streaming.alerts.errors import ChatMovedError

if TYPE_CHECKING:
    from streaming.alerts.wording import Words

OK = 200
GONE = (401, 403, 404)  # the token is void; the bot is blocked or was removed; there is no such bot
MARKS = {"warning": "⚠️", "error": "🔴", "critical": "🚨", "over": "✅"}


def tell(token: str, chat: str, words: Words) -> None:
    """Send one message to a chat, its number or ``@channel``.

    Raises:
        NotToldError: it was not taken; also where the status is 200 and the body says it was not.
        ChatMovedError: the group has another number now.

    """
    body = {
        "chat_id": int(chat) if chat.lstrip("-").isdigit() else chat,
        "text": f"{MARKS[words.tone]} <b>{escape(words.head)}</b>\n{escape(words.sentence)}",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    answer = answers.post("Telegram", f"{settings.TELEGRAM_URL}/bot{token}/sendMessage", body)
    told = answers.read_json(answer)
    if answer.status == OK and told.get("ok") is True:
        return
    about = told.get("parameters")
    about = about if isinstance(about, dict) else {}
    if moved := about.get("migrate_to_chat_id"):
        raise ChatMovedError(str(moved))
    said = str(told.get("description") or "").replace(token, "…")
    raise answers.refusal("Telegram", answer, said, after=about.get("retry_after"), gone=answer.status in GONE)
