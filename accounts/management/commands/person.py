"""``manage.py person add|role|close|open|forget-factor|delete|list``."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.management.asking import REFUSED, person_named, refusals_as_sentences
from accounts.people import services, standing
from accounts.people.deletion import delete_person
from accounts.people.matrix import GROUPS, Role
from accounts.people.models import User
from accounts.people.roles import role_of, set_role

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

EPILOG = """\
examples:
  person add ayu@example.org --role manager            asks for a password; none: the person asks for a link
  person add ayu@example.org --password-stdin < file
  person role ayu@example.org admin
  person close ayu@example.org
  person list --json

exit codes:
  0 done   1 refused, standard error says why   2 wrong command line   4 nobody has this address
"""


class Command(BaseCommand):
    """People by hand and by script."""

    help = "Adds people, gives them roles, shuts accounts and opens them, and lists who there is."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="add|role|close|open|…")
        roles = [role.value for role in GROUPS]
        add = verbs.add_parser("add", help="make an account; its address counts as confirmed")
        add.add_argument("email", metavar="EMAIL", help="the login")
        add.add_argument("--role", choices=roles, default=Role.USER.value, help="what holds everywhere (user)")
        add.add_argument("--password-stdin", action="store_true", help="read the password's line from standard input")
        add.add_argument("--no-password", action="store_true", help="none: the person asks for a link to set one")
        role = verbs.add_parser("role", help="make somebody admin, manager or user")
        role.add_argument("email", metavar="EMAIL")
        role.add_argument("role", choices=roles)
        for verb, text in (
            ("close", "let somebody in no more"),
            ("open", "let somebody in again"),
            ("forget-factor", "remove the second factor of somebody who lost it"),
        ):
            verbs.add_parser(verb, help=text).add_argument("email", metavar="EMAIL")
        delete = verbs.add_parser("delete", help="delete an account for good")
        delete.add_argument("email", metavar="EMAIL")
        delete.add_argument("--yes", action="store_true", required=True, help="it cannot be brought back")
        listing = verbs.add_parser("list", help="list who there is")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        getattr(self, f"_{verb.replace('-', '_')}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        password = _password(options)
        person = services.add_person(email=options["email"], role=Role(options["role"]), password=password)
        self.stdout.write(f"Added {person.email} as {options['role']}.")
        if password is None:
            self.stdout.write("There is no password: ask for a link on the sign-in page.")

    def _role(self, options: dict[str, Any]) -> None:
        person = set_role(person=person_named(options["email"]), role=Role(options["role"]))
        self.stdout.write(f"{person.email} is {options['role']} now.")

    def _close(self, options: dict[str, Any]) -> None:
        standing.close_account(person=person_named(options["email"]))
        self.stdout.write(f"The account of {options['email']} is closed, and they are signed out everywhere.")

    def _open(self, options: dict[str, Any]) -> None:
        standing.open_account(person=person_named(options["email"]))
        self.stdout.write(f"{options['email']} may sign in again.")

    def _forget_factor(self, options: dict[str, Any]) -> None:
        if not standing.remove_second_factor(person=person_named(options["email"])):
            raise CommandError(f"{options['email']} has none.", returncode=REFUSED)
        self.stdout.write(f"{options['email']} has none now, and is signed out everywhere.")

    def _delete(self, options: dict[str, Any]) -> None:
        name = delete_person(person=person_named(options["email"]))
        self.stdout.write(f"{options['email']} is deleted. Records go on under {name}.")

    def _list(self, options: dict[str, Any]) -> None:
        people = User.objects.prefetch_related("groups").order_by("email")
        rows = [{"email": p.email, "role": role_of(p).value, "open": p.is_active, "seen": p.last_login} for p in people]
        if options["as_json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
            return
        for row in rows:
            seen = f"{row['seen']:%Y-%m-%d}" if row["seen"] else "never"
            self.stdout.write(f"{row['email']:<40} {row['role']:<8} {'open' if row['open'] else 'closed':<7} {seen}")


def _password(options: dict[str, Any]) -> str | None:
    """Return the new password, from where nobody else reads it: never the command line.

    Raises:
        CommandError: it is too weak, or the two typed differ.

    """
    if options["no_password"]:
        return None
    text = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else _typed()
    if not text:
        return None
    try:
        validate_password(text, User(email=options["email"]))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages), returncode=REFUSED) from error
    return text


def _typed() -> str:
    if not sys.stdin.isatty():
        raise CommandError("Give the password with --password-stdin, or say --no-password.", returncode=REFUSED)
    text = getpass.getpass("Password (empty: none): ")
    if text and getpass.getpass("The same again: ") != text:
        raise CommandError("The two passwords differ. Nothing was added.", returncode=REFUSED)
    return text
