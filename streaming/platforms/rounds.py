"""A round for one account: claimed, done by its platform's file, and what stops it kept in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from django.db.models import Q
from django.utils import timezone

from streaming.platforms import health, quota, tokens, twitch_round, youtube_round
from streaming.platforms.claims import claimed
from streaming.platforms.errors import ConnectAgainError, LaterError, NotConfiguredError, PlatformError, QuotaSpentError
from streaming.platforms.models import Kind, PlatformAccount

if TYPE_CHECKING:
    from uuid import UUID

log = structlog.get_logger(__name__)
ROUNDS = {Kind.YOUTUBE: youtube_round.run, Kind.TWITCH: twitch_round.run}
FIRST_PAUSE, LONGEST_PAUSE = 15, 600
State = PlatformAccount.State


def due_accounts() -> list[UUID]:
    """Return the accounts that nobody works on and that need not wait."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    ready = Q(waits_until=None) | Q(waits_until__lte=now)
    rows = PlatformAccount.objects.filter(free, ready, state=State.CONNECTED, plans__isnull=False)
    return list(rows.distinct().values_list("pk", flat=True))


def run_round(*, account_id: UUID) -> bool:
    """Do one round for an account; False: somebody else does one, or it has to wait. What stops it is on its row."""
    with claimed(account_id) as account:
        if account is None or (account.waits_until and account.waits_until > timezone.now()):
            return False
        try:
            tokens.with_token(account, partial(ROUNDS[Kind(account.platform)], account))
        except ConnectAgainError as error:
            _stop(account, error.detail)
        except QuotaSpentError as error:
            if error.is_told:
                quota.mark_spent(account)
            _wait(account, error.detail, error.until)
        except LaterError as error:
            _wait(account, error.detail, error.until)
        except (PlatformError, NotConfiguredError) as error:
            _wait(account, error.detail, _later(account), failed=True)
        else:
            _clear(account)
    return True


def _stop(account: PlatformAccount, sentence: str) -> None:
    log.error("platforms.connect_again", account=str(account.pk), platform=account.platform)
    account.state, account.problem, account.problem_at = State.AGAIN, sentence, timezone.now()
    account.save(update_fields=["state", "problem", "problem_at"])
    for plan in account.plans.all():
        health.forget(plan)


def _wait(account: PlatformAccount, sentence: str, until: datetime, *, failed: bool = False) -> None:
    log.warning("platforms.waits", account=str(account.pk), until=until.isoformat(), why=sentence)
    account.problem, account.problem_at, account.waits_until = sentence, timezone.now(), until
    account.failures = min(account.failures + 1, 99) if failed else account.failures
    account.save(update_fields=["problem", "problem_at", "waits_until", "failures"])


def _clear(account: PlatformAccount) -> None:
    """Forget what stopped the rounds before; a pause in looking is told until it is over."""
    looks_later = account.health_due_at and account.health_due_at - timezone.now() > quota.LONGEST
    if (account.problem and not looks_later) or account.failures or account.waits_until:
        account.failures, account.waits_until = 0, None
        if not looks_later:
            account.problem, account.problem_at = "", None
        account.save(update_fields=["failures", "waits_until", "problem", "problem_at"])


def _later(account: PlatformAccount) -> datetime:
    return timezone.now() + timedelta(seconds=min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(account.failures, 6)))
