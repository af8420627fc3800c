"""Celery's door to text messages, and to forgetting old codes."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task

from accounts.signin.models import PhoneChallenge
from accounts.signin.phone import codes, old
from accounts.signin.phone.errors import SmsAwayError, SmsRefusedError
from accounts.signin.phone.providers import provider
from config.lib import vault

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 15  # MSG91 drops the same message within ten
AGAIN = 2


def purpose(challenge: UUID | str) -> str:
    """Return what a code is sealed for on its way through the queue."""
    return f"accounts.signin.phone:{challenge}"


@shared_task(name="accounts.signin.send_code", bind=True, max_retries=AGAIN, default_retry_delay=AGAIN_SECONDS)
def send_code(self: Any, challenge: str, sealed: str) -> None:
    """Send a code, which comes sealed; to a number that nobody has, nothing."""
    row = PhoneChallenge.objects.filter(pk=challenge, sent=False).exclude(person=None).first()
    if row is None:
        return
    code = vault.unseal(base64.b64decode(sealed), purpose=purpose(challenge))
    try:
        provider()(phone=row.phone, code=code, minutes=codes.MINUTES)
    except SmsAwayError as error:
        raise self.retry(exc=error) from error
    except SmsRefusedError as error:
        log.error("sms.refused", reason=str(error))  # noqa: TRY400 - the sentence says it
        return
    PhoneChallenge.objects.filter(pk=row.pk).update(sent=True)


@shared_task(name="accounts.signin.forget_codes")
def forget_codes() -> None:
    """Delete challenges that ended long ago."""
    old.forget()
