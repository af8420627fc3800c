"""Slack's incoming webhooks, and what speaks like them. The URL is the secret; answers are plain words, not JSON.

Sources: api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks, slackapi/python-slack-sdk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.alerts.clients import answers

if TYPE_CHECKING:
    from streaming.alerts.wording import Words

OK = 200
GONE = (404, 410)
VOID = ("invalid_token", "no_service", "no_team", "channel_is_archived")
MARKS = {"warning": ":warning:", "error": ":red_circle:", "critical": ":rotating_light:", "over": ":white_check_mark:"}


def tell(url: str, words: Words) -> None:
    """Post one message.

    Raises:
        NotToldError: anything but 200; 404 (``no_service``, ``channel_not_found``) and 410 (``channel_is_archived``)
            mean that the webhook is gone.

    """
    text = f"{MARKS[words.tone]} *{escaped(words.head)}*\n{escaped(words.sentence)}"
    answer = answers.post("Slack", url, {"text": text, "unfurl_links": False})
    if answer.status == OK:
        return
    said = answer.body[: answers.SAID_LIMIT].decode("utf-8", "replace").strip()
    raise answers.refusal("Slack", answer, said, gone=answer.status in GONE or said in VOID)


def escaped(text: str) -> str:
    """Return text in which Slack finds no link and no mention: its three control characters are entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
