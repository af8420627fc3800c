"""Connects a channel: asks for a code, waits until it is entered, keeps the tokens; and takes it all back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import timezone

from config.lib import vault
from streaming.platforms import health, oauth, tokens, twitch, youtube
from streaming.platforms.errors import LoginEndedError, NotConfiguredError, PlatformError
from streaming.platforms.models import DeviceLogin, Kind, PlatformAccount

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.people.models import User

log = structlog.get_logger(__name__)
State = DeviceLogin.State
# A poll takes at most this long; until then nobody else asks for the same login.
POLLING = timedelta(seconds=60)
OLD = timedelta(days=1)
WHERE_TO_REMOVE = {
    Kind.YOUTUBE: "myaccount.google.com/permissions",
    Kind.TWITCH: "twitch.tv/settings/connections",
}


def begin_login(*, platform: str, created_by: User | None) -> DeviceLogin:
    """Ask the platform for a code; the row has it and the address where it is entered. One call of a few seconds.

    Raises:
        NotConfiguredError: the application is not set up here.
        PlatformAwayError: the platform does not answer.

    """
    code = oauth.begin(platform)
    now = timezone.now()
    login = DeviceLogin(
        platform=platform,
        user_code=code.user_code,
        address=code.address,
        interval_s=code.interval,
        next_poll_at=now + timedelta(seconds=code.interval),
        expires_at=now + timedelta(seconds=code.expires_in),
        created_by=created_by,
    )
    login.device_sealed = vault.seal(code.device_code, purpose=purpose(login))
    login.save(force_insert=True)
    return login


def poll_login(*, login_id: UUID) -> DeviceLogin:
    """Ask once whether the code was entered, if it is time to; return the row as it is then.

    1. claim the poll by moving its next one away: the platform punishes asking too often; 2. ask; 3. keep the outcome:
    the account, a longer interval, or why it came to nothing. A platform that is away is asked again.
    """
    now = timezone.now()
    due = DeviceLogin.objects.filter(pk=login_id, state=State.WAITING, next_poll_at__lte=now)
    if not due.update(next_poll_at=now + POLLING):
        return DeviceLogin.objects.select_related("account").get(pk=login_id)
    login = DeviceLogin.objects.get(pk=login_id)
    if login.expires_at <= now:
        return _end(login, State.EXPIRED, "The code was not entered in time. Start again; you get a new one.")
    try:
        outcome = oauth.poll(login.platform, vault.unseal(bytes(login.device_sealed), purpose=purpose(login)))
        if isinstance(outcome, oauth.Waiting):
            return _wait(login, outcome.slower)
        return _connected(login, outcome)
    except LoginEndedError as error:
        return _end(login, error.state, error.detail)
    except (NotConfiguredError, vault.SealBrokenError) as error:
        return _end(login, State.FAILED, str(error))
    except PlatformError as error:
        log.warning("platforms.login_not_polled", platform=login.platform, error=error.detail)
        return _wait(login, oauth.SLOWER, problem=error.detail)


def due_logins() -> list[UUID]:
    """Return the ids of logins that may be polled now."""
    due = DeviceLogin.objects.filter(state=State.WAITING, next_poll_at__lte=timezone.now())
    return list(due.values_list("pk", flat=True))


def disconnect(*, account: PlatformAccount) -> str:
    """Forget a channel's tokens at once, then give them back to the platform; return what happened, as a sentence.

    1. the row forgets them: nobody acts for it any more; 2. one call of a few seconds revokes them.
    """
    with transaction.atomic():
        row = PlatformAccount.objects.select_for_update().get(pk=account.pk)
        token = _readable_token(row)
        row.state, row.problem, row.problem_at = PlatformAccount.State.DISCONNECTED, "", None
        row.access_sealed = row.refresh_sealed = b""
        row.access_until = row.waits_until = None
        row.save()
        for plan in row.plans.all():
            health.forget(plan)
    account.refresh_from_db()
    here, name = f"{row.name} is disconnected.", Kind(row.platform).label
    by_hand = f"Take the access back at {WHERE_TO_REMOVE[Kind(row.platform)]}."
    if not token:
        return f"{here} {by_hand}"
    try:
        taken = oauth.revoke(row.platform, token)
    except PlatformError as error:
        return f"{here} {error.detail} {by_hand}"
    return f"{here} {name} has taken the access back." if taken else f"{here} {name} no longer knew the access."


def forget_old_logins() -> int:
    """Remove connections in the making that are a day old; return how many."""
    return DeviceLogin.objects.filter(created_at__lt=timezone.now() - OLD).delete()[0]


def _connected(login: DeviceLogin, found: oauth.Tokens) -> DeviceLogin:
    """Ask whose tokens these are and keep them, in the row of the channel if there is one."""
    try:
        whose = _channel(login.platform, found.access)
    except PlatformError as error:
        # The code is spent: it cannot be asked again.
        return _end(login, State.FAILED, f"The code was entered, but the channel could not be read. {error.detail}")
    if whose is None:
        sentence = "This Google account has no YouTube channel: make one at youtube.com, then start again."
        return _end(login, State.FAILED, sentence)
    with transaction.atomic():
        account, _ = PlatformAccount.objects.select_for_update().get_or_create(
            platform=login.platform, external_id=whose.id, defaults={"name": whose.name}
        )
        account.name, account.login = whose.name[:120], getattr(whose, "login", "")[:80]
        account.state, account.problem, account.problem_at = PlatformAccount.State.CONNECTED, "", None
        account.waits_until = account.health_due_at = account.viewers_due_at = None
        account.failures, account.validated_at = 0, timezone.now()
        account.connected_at, account.connected_by = timezone.now(), login.created_by
        tokens.seal_into(account, found)
        account.save()
        account.plans.update(next_try_at=None, problem="", problem_at=None)
        return _end(login, State.DONE, "", account)


def _channel(platform: str, token: str) -> youtube.Channel | twitch.Channel | None:
    if platform == Kind.TWITCH:
        return twitch.Client(token).channel()
    # Nothing is charged: there is no account yet to charge it to, and it is one unit.
    return youtube.Client(token, lambda _: None).channel()


def _end(login: DeviceLogin, state: str, problem: str, account: PlatformAccount | None = None) -> DeviceLogin:
    login.state, login.problem, login.account, login.device_sealed = state, problem, account, b""
    login.save(update_fields=["state", "problem", "account", "device_sealed"])
    return login


def _wait(login: DeviceLogin, slower: int, *, problem: str = "") -> DeviceLogin:
    login.interval_s += slower
    login.next_poll_at = timezone.now() + timedelta(seconds=login.interval_s)
    login.problem = problem
    login.save(update_fields=["interval_s", "next_poll_at", "problem"])
    return login


def _readable_token(account: PlatformAccount) -> str:
    try:
        return tokens.refresh_token(account)
    except PlatformError as error:
        log.warning("platforms.token_unreadable", account=str(account.pk), error=error.detail)
        return ""


def purpose(login: DeviceLogin) -> str:
    """Return what a login's code is sealed for: this row."""
    return f"platform-login:{login.pk}"
