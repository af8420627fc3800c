"""The verbs of channels: add one, change it, try it, tell it something. What opens them is kept sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.lib import vault
from config.lib.addresses import AddressRefusedError
from streaming.alerts import wording
from streaming.alerts.addresses import check
from streaming.alerts.clients import discord, email, slack, telegram
from streaming.alerts.errors import ChannelInvalidError, ChatMovedError, NotToldError
from streaming.alerts.models import AlertChannel, AlertMessage, Severity

if TYPE_CHECKING:
    from streaming.alerts.wording import Words

Kind = AlertChannel.Kind
NAME_LIMIT = 80


@transaction.atomic
def add_channel(*, kind: str, name: str, secret: str = "", recipient: str = "", least: str = "error") -> AlertChannel:
    """Add a place where alerts are told.

    Args:
        kind: one of :class:`AlertChannel.Kind`.
        name: told in the console.
        secret: the webhook's address (Discord, Slack) or the bot's token (Telegram).
        recipient: Telegram's chat, or the e-mail address.
        least: the least severity that is told there.

    Raises:
        ChannelInvalidError: ``field`` names what cannot be used.

    """
    secret, recipient = check(kind, secret=secret, recipient=recipient)
    channel = AlertChannel(kind=kind, name=_name(name), recipient=recipient, least=Severity(least))
    channel.secret_sealed = vault.seal(secret, purpose=purpose(channel)) if secret else b""
    _save(channel, insert=True)
    return channel


@transaction.atomic
def change_channel(
    *, channel: AlertChannel, name: str, recipient: str, least: str, enabled: bool, secret: str = ""
) -> AlertChannel:
    """Change a channel; an empty ``secret`` keeps the one there is. What failed before counts no more.

    Raises:
        ChannelInvalidError: ``field`` names what cannot be used.

    """
    row = AlertChannel.objects.select_for_update().get(pk=channel.pk)
    checked, recipient = check(row.kind, secret=secret, recipient=recipient, keeps=bool(row.secret_sealed))
    row.name, row.recipient, row.least, row.enabled = _name(name), recipient, Severity(least), enabled
    row.last_error, row.last_error_at = "", None
    if checked:
        row.secret_sealed = vault.seal(checked, purpose=purpose(row))
    _save(row)
    return row


def try_channel(*, channel: AlertChannel) -> str:
    """Send a message there that says it is a trial; returns the sentence for the operator.

    Raises:
        NotToldError: it was not taken; the channel keeps why.

    """
    try:
        tell(channel, wording.of_trial(channel.name, timezone.now()))
    except NotToldError as error:
        AlertChannel.objects.filter(pk=channel.pk).update(last_error=error.detail, last_error_at=timezone.now())
        raise
    AlertChannel.objects.filter(pk=channel.pk).update(last_error="", last_error_at=None)
    return "The message was taken. Look whether it is there."


def tell(channel: AlertChannel, words: Words) -> None:
    """Send words to a channel.

    Raises:
        NotToldError: it was not taken.

    """
    try:
        _by_kind(channel, words)
    except ChatMovedError as moved:
        AlertChannel.objects.filter(pk=channel.pk).update(recipient=moved.chat)
        channel.recipient = moved.chat
        raise NotToldError(f"The chat has another number now ({moved.chat}); it is kept.", again=True) from moved
    except (vault.SealBrokenError, AddressRefusedError) as error:
        raise NotToldError(str(error)) from error


@transaction.atomic
def close_for_good(channel: AlertChannel, why: str) -> None:
    """Switch off a channel that is no more; what waited for it is given up."""
    now = timezone.now()
    AlertChannel.objects.filter(pk=channel.pk).update(enabled=False, last_error=f"{why} It was switched off.")
    AlertMessage.objects.waiting().filter(channel=channel).update(given_up_at=now, error=why)


def _by_kind(channel: AlertChannel, words: Words) -> None:
    sealed = bytes(channel.secret_sealed)
    secret = vault.unseal(sealed, purpose=purpose(channel)) if sealed else ""
    match channel.kind:
        case Kind.DISCORD:
            discord.tell(secret, words)
        case Kind.SLACK:
            slack.tell(secret, words)
        case Kind.TELEGRAM:
            telegram.tell(secret, channel.recipient, words)
        case _:
            email.tell(channel.recipient, words)


def _save(channel: AlertChannel, *, insert: bool = False) -> None:
    try:
        with transaction.atomic():
            channel.save(force_insert=insert)
    except IntegrityError as error:
        raise ChannelInvalidError(f"There is a channel {channel.name!r} already.", field="name") from error


def _name(name: str) -> str:
    found = " ".join(name.split())
    if not 0 < len(found) <= NAME_LIMIT:
        raise ChannelInvalidError(f"The channel needs a name of at most {NAME_LIMIT} characters.", field="name")
    return found


def purpose(channel: AlertChannel) -> str:
    """Return what a channel's secret is sealed for: this row."""
    return f"alert-channel:{channel.pk}"
