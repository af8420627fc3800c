"""What the console tells of accounts and plans: a word, a tone, a sentence. Decided from rows, nothing is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.html import format_html

from config.lib import admin_cells as cells
from streaming.console.states import Told
from streaming.platforms import health
from streaming.platforms.issues import in_words
from streaming.platforms.models import Kind, PlatformAccount, PlatformPlan

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from streaming.outputs.models import Destination

State = PlatformAccount.State
POOR = frozenset({"bad", "revoked"})


def account_state(account: PlatformAccount) -> Told:
    """Tell whether we may act for an account."""
    if account.state == State.DISCONNECTED:
        return Told("Disconnected", "quiet", "Nothing is asked or changed there.")
    if account.state == State.AGAIN:
        return Told("Connect again", "fail", account.problem)
    if account.problem:
        return Told("Waits", "warn", account.problem)
    return Told("Connected", "ok", "Longwave may act for this channel.")


def plan_state(plan: PlatformPlan) -> Told:
    """Tell how the platform sees the stream; needs account, station and destination to be loaded."""
    account = account_state(plan.account)
    if account.tone in {"fail", "quiet"}:
        return account
    if health.is_green_here_offline_there(plan, timezone.now()):
        return Told("Offline there", "fail", health.offline_sentence(plan))
    if plan.problem:
        return Told("Problem", "warn", plan.problem)
    if plan.is_live_there is None:
        return Told("Not asked", "quiet", "It is asked while the station is on air.")
    if not plan.is_live_there:
        return Told("Nothing arrives", "quiet", "The platform gets no picture.")
    return _live(plan)


def there(destination: Destination) -> SafeString:
    """Tell a destination's state at its platform; needs ``plan__account`` to be loaded."""
    try:
        plan: PlatformPlan = destination.plan
    except PlatformPlan.DoesNotExist:
        return cells.EMPTY
    return format_html("{} {}", plan_state(plan).cell(), watching(plan))


def is_offline_there(destination: Destination) -> bool:
    """Tell whether we send and the platform shows nothing; needs ``plan__account`` to be loaded."""
    try:
        plan: PlatformPlan = destination.plan
    except PlatformPlan.DoesNotExist:
        return False
    return health.is_green_here_offline_there(plan, timezone.now())


def watching(plan: PlatformPlan) -> SafeString:
    """Tell how many watch."""
    if plan.viewers is None:
        return format_html("{}", "")
    return format_html('<span class="lw-sub">{} watching</span>', plan.viewers)


def issues(plan: PlatformPlan) -> SafeString:
    """Tell what the platform finds wrong, each with its remedy."""
    return cells.lines(issue.sentence for issue in in_words(plan.issues))


def _live(plan: PlatformPlan) -> Told:
    if plan.account.platform == Kind.TWITCH:
        return Told("Live", "ok", "Twitch shows the stream.")
    worst = next((issue.sentence for issue in in_words(plan.issues)), "")
    if plan.health in POOR:
        return Told("Poor there", "warn", worst or "YouTube finds the stream poor.")
    return Told("Good" if plan.health == "good" else "Arrives", "ok", worst or "YouTube finds the stream well.")
