"""Discord webhooks (discord/discord-api-docs, resources/webhook and topics/rate-limits). The URL is the secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx2

from streaming.alerts.clients import answers

if TYPE_CHECKING:
    from streaming.alerts.wording import Words

COLOURS = {"warning": 0xFFB02E, "error": 0xE5484D, "critical": 0xB00020, "over": 0x2E9E6B}
OK = 200
GONE = 404
UNAUTHORISED = 401
MARKDOWN = re.compile(r"([\\*_~`|>\[\]()#@<])")


def tell(url: str, words: Words) -> None:
    """Post one message and wait until it is kept: without ``wait`` a failure to keep it is not reported.

    Raises:
        NotToldError: it was not taken. A webhook that was removed (404), or whose token is void (401), is gone: ten
            thousand such answers in ten minutes would ban our address.

    """
    embed = {
        "title": escaped(words.head),
        "description": escaped(words.sentence),
        "color": COLOURS[words.tone],
        "timestamp": words.at.isoformat(),
    }
    body = {"username": "Longwave", "embeds": [embed], "allowed_mentions": {"parse": []}}
    address = str(httpx2.URL(url).copy_merge_params({"wait": "true"}))
    answer = answers.post("Discord", address, body)
    if answer.status == OK:
        return
    told = answers.read_json(answer)
    raise answers.refusal(
        "Discord",
        answer,
        str(told.get("message") or ""),
        after=told.get("retry_after"),
        gone=answer.status in {GONE, UNAUTHORISED},
    )


def escaped(text: str) -> str:
    """Return text that Discord shows as it is: no formatting, no links, no mentions."""
    return MARKDOWN.sub(r"\\\1", text)
