"""What the answers of chat services have in common: what is over for good, what may be tried again, and when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from config.lib import http
from config.lib.addresses import NameUnknownError
from streaming.alerts.errors import NotToldError

if TYPE_CHECKING:
    from config.lib.http import Answer

TOO_MANY = 429
BROKEN = 500
SECONDS = 15.0
SAID_LIMIT = 200
LONGEST_WAIT = 3600.0


def post(service: str, url: str, body: dict[str, Any]) -> Answer:
    """Send JSON to a service.

    Raises:
        NotToldError: nothing came back; the address, which is a secret, is not in its sentence.

    """
    try:
        return http.send("POST", url, json=body, seconds=SECONDS)
    except (http.FetchError, NameUnknownError) as error:
        raise NotToldError(f"{service} could not be reached: {error.detail}", again=True) from error


def refusal(service: str, answer: Answer, said: str, *, after: Any = None, gone: bool = False) -> NotToldError:
    """Return the error for an answer that is no success.

    Args:
        service: its name, for the sentence.
        answer: 429 and 5xx may be sent again, everything else not.
        said: the service's own words.
        after: seconds to wait, from its body; else its ``Retry-After`` counts.
        gone: the channel is no more.

    """
    words = " ".join(said.split())[:SAID_LIMIT]
    again = answer.status == TOO_MANY or answer.status >= BROKEN
    wait = _seconds(after) or _seconds(answer.headers.get("retry-after"))
    sentence = f"{service} answered {answer.status}: {words or 'no words'}."
    return NotToldError(sentence, again=again and not gone, after=wait, gone=gone)


def read_json(answer: Answer) -> dict[str, Any]:
    """Return the body's object, empty where it is none."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(value: object) -> float | None:
    try:
        seconds = float(str(value))
    except ValueError:
        return None
    return min(seconds, LONGEST_WAIT) if seconds > 0 else None
