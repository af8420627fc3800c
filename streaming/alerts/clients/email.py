"""E-mail, by the server that EMAIL_HOST names."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from django.core.mail import send_mail

from streaming.alerts.errors import NotToldError

if TYPE_CHECKING:
    from streaming.alerts.wording import Words

FOR_GOOD = 500


def tell(recipient: str, words: Words) -> None:
    """Send one mail.

    Raises:
        NotToldError: the server was not reached, or does not take it. A 4xx answer may be tried again, a 5xx not.

    """
    try:
        send_mail(f"Longwave: {words.head}", words.sentence, None, [recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _refusal(code, said) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except OSError as error:  # every SMTP error is one, and so are those of the connection
        raise NotToldError(
            f"The mail server could not be reached: {error or type(error).__name__}.", again=True
        ) from error


def _refusal(code: int, said: bytes | str) -> NotToldError:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return NotToldError(f"The mail server answered {code}: {' '.join(words.split())[:200]}.", again=code < FOR_GOOD)
