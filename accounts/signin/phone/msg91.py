"""MSG91's OTP API, version 5: sends a code that we made. It is checked here, so only ``POST /otp`` is called.

The code and the number go in the body, the key in a header: addresses end in logs. MSG91 answers 200 to nearly
everything; ``type`` tells whether it was taken. In India it delivers only templates that are registered (DLT): it takes
others too, and drops them without a word.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from accounts.signin.phone.errors import SmsAwayError, SmsRefusedError
from config.lib import http
from config.lib.problem import LongwaveError

SERVER_ERROR = 500
SENTENCE = 160
"""Of what MSG91 says, so much is told on."""


def send(*, phone: str, code: str, minutes: int) -> None:
    """Have MSG91 send the code.

    Raises:
        SmsAwayError: it could not be reached, or failed by its own word.
        SmsRefusedError: it refuses; the text has its reason.

    """
    body = {
        "template_id": settings.MSG91_TEMPLATE_ID,
        "mobile": phone.removeprefix("+"),
        "otp": code,
        "otp_length": len(code),
        "otp_expiry": minutes,
    }
    if settings.MSG91_SENDER:
        body["sender"] = settings.MSG91_SENDER
    try:
        answer = http.send("POST", f"{settings.MSG91_URL}/otp", json=body, headers={"authkey": settings.MSG91_AUTH_KEY})
    except LongwaveError as error:
        raise SmsAwayError(f"MSG91 cannot be reached: {error.detail}") from error
    if answer.status >= SERVER_ERROR:
        raise SmsAwayError(f"MSG91 answered with status {answer.status}.")
    told = _read(answer.body)
    if told.get("type") != "success":
        raise SmsRefusedError(f"MSG91 refuses the message: {_reason(told, answer.status, code)}")


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _reason(told: dict[str, Any], status: int, code: str) -> str:
    """Return MSG91's own word without anything secret it may repeat."""
    said = " ".join(str(told.get("message") or f"status {status} and no reason").split())
    for secret in (code, settings.MSG91_AUTH_KEY):
        said = said.replace(secret, "…")
    return said[:SENTENCE]
