"""An account's tokens: sealed in its row, opened for a call, refreshed before they run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from config.lib import vault
from streaming.platforms import oauth
from streaming.platforms.errors import ConnectAgainError
from streaming.platforms.models import PlatformAccount

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

# A token is renewed while it still holds, so that none runs out in the middle of a round.
EARLY = timedelta(minutes=5)


def seal_into(account: PlatformAccount, tokens: oauth.Tokens) -> list[str]:
    """Put tokens into an account (not saved) and return the fields that changed; an absent refresh token stays."""
    account.access_sealed = vault.seal(tokens.access, purpose=purpose(account, "access"))
    account.access_until = _until(tokens)
    changed = ["access_sealed", "access_until"]
    if tokens.refresh:
        account.refresh_sealed = vault.seal(tokens.refresh, purpose=purpose(account, "refresh"))
        changed.append("refresh_sealed")
    return changed


def access_token(account: PlatformAccount) -> str:
    """Return a token that holds for some minutes; the caller has the account's claim.

    Raises:
        ConnectAgainError: there is none and none is to be had.
        PlatformAwayError: it had to be refreshed, and there was no answer.

    """
    until = account.access_until
    if until is None or until - timezone.now() < EARLY:
        return renew(account)
    return _opened(account, "access")


def renew(account: PlatformAccount) -> str:
    """Refresh the token now, keep it, and return it; the caller has the account's claim.

    Raises:
        ConnectAgainError: the leave is gone.
        PlatformAwayError: no answer.

    """
    tokens = oauth.refresh(account.platform, _opened(account, "refresh"))
    fields = seal_into(account, tokens)
    # Saved only while it is still connected: a disconnection meanwhile must not be undone.
    kept = PlatformAccount.objects.filter(pk=account.pk, state=PlatformAccount.State.CONNECTED)
    if not kept.update(**{name: getattr(account, name) for name in fields}):
        raise ConnectAgainError("The channel was disconnected.")
    return tokens.access


def with_token(account: PlatformAccount, work: Callable[[str], T]) -> T:
    """Do ``work`` with a token; if the platform no longer takes it, once more with a fresh one."""
    token = access_token(account)
    try:
        return work(token)
    except ConnectAgainError:
        return work(renew(account))


def refresh_token(account: PlatformAccount) -> str:
    """Return the refresh token; empty: there is none."""
    return _opened(account, "refresh") if account.refresh_sealed else ""


def _opened(account: PlatformAccount, which: str) -> str:
    sealed = bytes(getattr(account, f"{which}_sealed"))
    if not sealed:
        raise ConnectAgainError("There is no token for this channel: connect it again.")
    try:
        return vault.unseal(sealed, purpose=purpose(account, which))
    except vault.SealBrokenError as error:
        sentence = "The channel's token cannot be read: the key it was sealed with is gone. Connect the channel again."
        raise ConnectAgainError(sentence) from error


def purpose(account: PlatformAccount, which: str) -> str:
    """Return what a token is sealed for: this row, and ``access`` or ``refresh``."""
    return f"platform-account:{account.pk}:{which}"


def _until(tokens: oauth.Tokens) -> datetime:
    return timezone.now() + timedelta(seconds=tokens.expires_in)
