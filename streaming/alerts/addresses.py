"""Checks what opens a channel before it is kept: webhook addresses, bot tokens, chats, e-mail addresses."""

from __future__ import annotations

import ipaddress
import re

import httpx2
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from config.lib import http
from config.lib.addresses import AddressRefusedError, is_allowed
from streaming.alerts.errors import ChannelInvalidError
from streaming.alerts.models import AlertChannel

TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{30,80}")
CHAT = re.compile(r"-?\d{1,20}|@[A-Za-z0-9_]{4,64}")
DISCORD_PATH = re.compile(r"/api/(v\d+/)?webhooks/\d+/[A-Za-z0-9_-]+")
SECRET_LIMIT = 500


def check(kind: str, *, secret: str, recipient: str, keeps: bool = False) -> tuple[str, str]:
    """Return secret and recipient as they are kept.

    Args:
        kind: one of :class:`AlertChannel.Kind`.
        secret: webhook address or token.
        recipient: chat or e-mail address.
        keeps: whether there is a secret already, which an empty one leaves.

    Raises:
        ChannelInvalidError: ``field`` is ``kind``, ``secret`` or ``recipient``.

    """
    secret, recipient = secret.strip(), recipient.strip()
    match kind:
        case AlertChannel.Kind.DISCORD | AlertChannel.Kind.SLACK:
            return ("" if keeps and not secret else _webhook(kind, secret)), ""
        case AlertChannel.Kind.TELEGRAM:
            return ("" if keeps and not secret else _token(secret)), _chat(recipient)
        case AlertChannel.Kind.EMAIL:
            return "", _mailbox(recipient)
    raise ChannelInvalidError(f"There are no channels of the kind {kind!r}.", field="kind")


def _webhook(kind: str, url: str) -> str:
    try:
        http.check_url(url)
    except AddressRefusedError as error:
        raise ChannelInvalidError(error.detail, field="secret") from error
    parts = httpx2.URL(url)
    if len(url) > SECRET_LIMIT or parts.path in {"", "/"}:
        raise ChannelInvalidError("This is not the whole address of a webhook. Copy it again.", field="secret")
    if parts.scheme != "https" and not _is_near(parts.host):
        raise ChannelInvalidError("The address must begin with https://: whoever reads it can post.", field="secret")
    if kind == AlertChannel.Kind.DISCORD and not DISCORD_PATH.fullmatch(parts.path):
        sentence = (
            "A Discord webhook's address ends in /api/webhooks/<number>/<token>. Copy it in the channel's settings."
        )
        raise ChannelInvalidError(sentence, field="secret")
    return url


def _token(token: str) -> str:
    if not TOKEN.fullmatch(token):
        sentence = "A bot's token is a number, a colon and at least 30 characters. BotFather shows it."
        raise ChannelInvalidError(sentence, field="secret")
    return token


def _chat(chat: str) -> str:
    if not CHAT.fullmatch(chat):
        sentence = "Telegram's chat is a number, e.g. -1001234567890, or @channel."
        raise ChannelInvalidError(sentence, field="recipient")
    return chat


def _mailbox(address: str) -> str:
    if not settings.EMAIL_HOST:
        raise ChannelInvalidError("Longwave has no mail server yet: set EMAIL_HOST, then restart.", field="kind")
    try:
        validate_email(address)
    except ValidationError as error:
        raise ChannelInvalidError("This is no e-mail address.", field="recipient") from error
    return address


def _is_near(host: str) -> bool:
    """Tell whether the host is this machine or written as a private address, where a chat server of one's own lives."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost"
    return not is_allowed(address, private=False)
