"""Mails to one person: text and HTML, handed to the worker, so that nobody waits for a mail server."""

from __future__ import annotations

import base64
import json
from typing import TypedDict

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError

from config.lib import vault

log = structlog.get_logger(__name__)
TASK = "accounts.signin.mail"
PURPOSE = "accounts.signin.mail"


class Mail(TypedDict):
    """What is written to whom."""

    to: str
    subject: str
    text: str


def send(*, to: str, subject: str, text: str) -> None:
    """Send a mail soon: by the worker, which tries again, or at once where there is no mail server to wait for.

    The worker is given it sealed: links in it open accounts, and a queue is not the place for them.
    """
    mail: Mail = {"to": to, "subject": subject, "text": text.strip()}
    if not settings.EMAIL_HOST:
        deliver(mail)
        return
    try:
        current_app.send_task(TASK, args=[sealed(mail)])
    except OperationalError as error:
        log.warning("mail.queue_away", error=str(error))
        deliver(mail)


def deliver(mail: Mail) -> None:
    """Hand a mail to the mail server, or to the folder ``mail`` in the home where there is none.

    Raises:
        OSError: the server does not answer, or refuses (``SMTPException`` is one).

    """
    page = render_to_string("mail/message.html", {"mail": mail, "paragraphs": paragraphs(mail["text"])})
    message = EmailMultiAlternatives(mail["subject"], mail["text"], to=[mail["to"]])
    message.attach_alternative(page, "text/html")
    message.send()
    log.info("mail.sent", subject=mail["subject"])


def paragraphs(text: str) -> list[dict[str, str]]:
    """Return the paragraphs of a text; one that is nothing but an address becomes a ``link``, any other ``text``."""
    found = []
    for block in text.strip().split("\n\n"):
        line = " ".join(block.split())
        is_link = line.startswith(("http://", "https://")) and " " not in line
        found.append({"link" if is_link else "text": line})
    return [block for block in found if any(block.values())]


def sealed(mail: Mail) -> str:
    """Return a mail as the queue carries it."""
    return base64.b64encode(vault.seal(json.dumps(mail), purpose=PURPOSE)).decode()


def unsealed(text: str) -> Mail:
    """Return the mail that :func:`sealed` made."""
    mail: Mail = json.loads(vault.unseal(base64.b64decode(text), purpose=PURPOSE))
    return mail
