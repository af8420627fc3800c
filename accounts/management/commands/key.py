"""``manage.py key add|list|rotate|revoke|sign-anew``."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.keys import api_keys, places, signing
from accounts.keys.models import ApiKey
from accounts.management.asking import NOBODY, person_named, refusals_as_sentences

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

EPILOG = """\
examples:
  key add ayu@example.org --name "Studio script" --may read --station night-fm --days 90
  key rotate lw_abcDEF123 --overlap-hours 2
  key revoke lw_abcDEF123
  key list --json
  key sign-anew                  tokens are signed with a new key from now on; those out there go on
  key sign-anew --distrust       the old signing keys are deleted: every program signs in again

exit codes:
  0 done   1 refused, standard error says why   2 wrong command line   4 no such person or key
"""


class Command(BaseCommand):
    """Keys of machines by hand and by script."""

    help = "Makes API keys, lists, replaces and revokes them, and replaces the key that signs tokens."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="add|list|rotate|revoke|sign-anew")
        add = verbs.add_parser("add", help="make a key; it is shown this once")
        add.add_argument("email", metavar="EMAIL", help="whose it is; it never may more than they")
        add.add_argument("--name", required=True, help="what uses it")
        add.add_argument(
            "--may", action="append", metavar="ACTION", help="read (default), write, or a permission; more than once"
        )
        add.add_argument(
            "--station", action="append", default=[], metavar="SLUG", help="only at these; all of theirs if left out"
        )
        add.add_argument("--days", type=int, metavar="N", help="how long it works; for ever if left out")
        listing = verbs.add_parser("list", help="list keys that still open something")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")
        rotate = verbs.add_parser("rotate", help="make the next key while the old one goes on")
        rotate.add_argument("prefix", metavar="KEY", help="its beginning, 12 characters, as the list shows it")
        rotate.add_argument("--overlap-hours", type=int, default=24, metavar="N", help="so long (24)")
        verbs.add_parser("revoke", help="refuse a key from now on").add_argument("prefix", metavar="KEY")
        anew = verbs.add_parser("sign-anew", help="sign tokens with a new key")
        anew.add_argument("--distrust", action="store_true", help="and refuse all that were signed before")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        getattr(self, f"_{verb.replace('-', '_')}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        person = person_named(options["email"])
        days = options["days"]
        key, text = api_keys.make_key(
            person=person,
            name=options["name"],
            actions=options["may"] or ["read"],
            stations=places.ids_of(person, options["station"]),
            expires_at=None if days is None else timezone.now() + timedelta(days=days),
        )
        self._tell(key, text)

    def _rotate(self, options: dict[str, Any]) -> None:
        old = _key(options["prefix"])
        self._tell(*api_keys.rotate_key(key=old, overlap=timedelta(hours=options["overlap_hours"])))
        old.refresh_from_db()
        self.stdout.write(f"The one before works until {old.expires_at:%Y-%m-%d %H:%M} UTC.")

    def _revoke(self, options: dict[str, Any]) -> None:
        key = _key(options["prefix"])
        api_keys.revoke_key(key=key)
        self.stdout.write(f"{key} is refused from now on.")

    def _list(self, options: dict[str, Any]) -> None:
        rows = [key for key in ApiKey.objects.select_related("person").order_by("person__email") if api_keys.holds(key)]
        if options["as_json"]:
            self.stdout.write(json.dumps([_row(key) for key in rows], ensure_ascii=False, indent=2))
            return
        for key in rows:
            used = f"used {key.used_at:%Y-%m-%d}" if key.used_at else "never used"
            self.stdout.write(f"{key.prefix}  {key.person.email:<32} {','.join(key.actions):<12} {used:<16} {key.name}")
        if not rows:
            self.stdout.write("No keys yet. Make one: key add EMAIL --name NAME")

    def _sign_anew(self, options: dict[str, Any]) -> None:
        made = signing.rotate(distrust=options["distrust"])
        told = "every program signs in again" if options["distrust"] else "tokens that are out there go on"
        self.stdout.write(f"Tokens are signed with {made.pk} within a minute; {told}.")

    def _tell(self, key: ApiKey, text: str) -> None:
        self.stdout.write(f"Key (shown this once; send it as Authorization: Token …): {text}")
        self.stdout.write(f"It is {key.person.email}'s and may {', '.join(key.actions)}.")


def _key(prefix: str) -> ApiKey:
    found = ApiKey.objects.select_related("person").filter(prefix=prefix[:12]).first()
    if found is None:
        raise CommandError(f"There is no key that begins with {prefix[:12]!r}. See: key list.", returncode=NOBODY)
    return found


def _row(key: ApiKey) -> dict[str, Any]:
    return {
        "prefix": key.prefix,
        "name": key.name,
        "person": key.person.email,
        "actions": key.actions,
        "stations": [str(station) for station in key.stations],
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "used_at": key.used_at.isoformat() if key.used_at else None,
    }
