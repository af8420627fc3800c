"""``manage.py platform list|connect|disconnect|status``."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from streaming.management.asking import REFUSED, refusals_as_sentences, station_named, write_json
from streaming.platforms import connecting, queries, told
from streaming.platforms.issues import in_words
from streaming.platforms.models import DeviceLogin, Kind, PlatformAccount

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from streaming.platforms.models import PlatformPlan

EPILOG = """\
exit codes:
  0 done   1 refused, standard error says why   2 wrong command line   4 no such station
"""


class Command(BaseCommand):
    """Channels at YouTube and Twitch by hand and by script."""

    help = "Connects channels at YouTube and Twitch, and tells how they see the stations."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the exit codes as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|connect|disconnect|status")
        listing = verbs.add_parser("list", help="list the connected channels")
        connect = verbs.add_parser("connect", help="connect a channel: shows a code and waits until it is entered")
        connect.add_argument("platform", choices=Kind.values)
        disconnect = verbs.add_parser("disconnect", help="forget a channel's access and give it back")
        disconnect.add_argument("platform", choices=Kind.values)
        disconnect.add_argument("name", metavar="CHANNEL")
        status = verbs.add_parser("status", help="tell how the platforms see the stations")
        status.add_argument("slug", metavar="STATION", nargs="?", help="this one only")
        for one in (listing, status):
            one.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        getattr(self, f"_{verb}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        accounts = PlatformAccount.objects.all()
        if options["as_json"]:
            fields = ("platform", "name", "state", "problem", "connected_at")
            write_json(self.stdout, [{name: getattr(a, name) for name in fields} for a in accounts])
            return
        for account in accounts:
            state = told.account_state(account)
            self.stdout.write(f"{account.platform:<8} {account.name:<30} {state.word:<14} {account.problem}".rstrip())

    def _connect(self, options: dict[str, Any]) -> None:
        login = connecting.begin_login(platform=options["platform"], created_by=None)
        self.stdout.write(f"Open {login.address} and enter {login.user_code}")
        self.stdout.flush()
        while login.state == DeviceLogin.State.WAITING:
            # The platform names the pace; a worker that polls the same login is as good as we.
            time.sleep(max(0.1, min(login.interval_s, (login.next_poll_at - timezone.now()).total_seconds())))
            login = connecting.poll_login(login_id=login.pk)
        if login.account is None:
            raise CommandError(login.problem, returncode=REFUSED)
        self.stdout.write(f"{login.account.name} is connected.")

    def _disconnect(self, options: dict[str, Any]) -> None:
        accounts = PlatformAccount.objects.filter(platform=options["platform"])
        found = accounts.filter(name=options["name"]).first()
        if found is None:
            names = ", ".join(accounts.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"There is no channel {options['name']!r}. Channels: {names}.", returncode=REFUSED)
        self.stdout.write(connecting.disconnect(account=found))

    def _status(self, options: dict[str, Any]) -> None:
        plans = queries.plans_shown()
        if options["slug"]:
            plans = plans.filter(station=station_named(options["slug"]))
        if options["as_json"]:
            write_json(self.stdout, [_document(plan) for plan in plans])
            return
        for plan in plans:
            state = told.plan_state(plan)
            watching = "" if plan.viewers is None else f", {plan.viewers} watching"
            self.stdout.write(f"{plan.station.slug} at {plan.account}: {state.word}{watching}. {state.sentence}")
            for issue in in_words(plan.issues):
                self.stdout.write(f"  {issue.severity}: {issue.sentence}")


def _document(plan: PlatformPlan) -> dict[str, Any]:
    state = told.plan_state(plan)
    return {
        "station": plan.station.slug,
        "platform": plan.account.platform,
        "channel": plan.account.name,
        "state": state.word,
        "sentence": state.sentence,
        "is_live_there": plan.is_live_there,
        "stream_status": plan.stream_status,
        "health": plan.health,
        "issues": [issue.type for issue in in_words(plan.issues)],
        "viewers": plan.viewers,
        "checked_at": plan.checked_at,
        "videos": [broadcast.url for broadcast in getattr(plan, "open_ones", []) if broadcast.url],
    }
