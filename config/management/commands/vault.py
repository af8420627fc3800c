"""``manage.py vault``: the keys that stored secrets are sealed with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import sealed
from config.lib import key_ring

if TYPE_CHECKING:
    from argparse import ArgumentParser

FROM_BEFORE = "from before keys had names"


class Command(BaseCommand):
    """Shows, adds, changes and drops keys."""

    help = "The keys that stored secrets (stream keys, tokens, second factors) are sealed with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read what is wanted."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("status", help="The keys by name, and how many values each one seals.")
        verbs.add_parser("add", help="Make a key and put it at the ring's end: it is read, and does not seal yet.")
        rotate = verbs.add_parser("rotate", help="Let the newest key seal, and seal every stored value anew with it.")
        rotate.add_argument("--to", metavar="NAME", default="", help="this key instead of the newest")
        drop = verbs.add_parser("drop", help="Take a key out of the ring that seals nothing any more.")
        drop.add_argument("name", metavar="NAME")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do it."""
        try:
            getattr(self, f"_{options['verb']}")(options)
        except key_ring.KeyRingError as error:
            raise CommandError(str(error)) from error

    def _status(self, _: dict[str, Any]) -> None:
        counts = sealed.count_by_key()
        for place, key in enumerate(key_ring.ring()):
            does = "seals" if place == 0 else "is read"
            origin = "follows from SECRET_KEY" if key.derived else "key ring"
            self.stdout.write(f"{key.name}  {does:8} {counts.pop(key.name, 0):7} values  {origin}")
        for name, count in sorted(counts.items()):
            known = FROM_BEFORE if not name else "THIS KEY IS GONE"
            self.stdout.write(f"{name or '-':8}           {count:7} values  {known}")

    def _add(self, _: dict[str, Any]) -> None:
        file = _file()
        key = key_ring.parse(key_ring.new_line())[0]
        key_ring.write(file, [*_own(), key])
        self.stdout.write(
            f"{key.name} is in {file} and is read from now on; “vault rotate” lets it seal. Copy the file to every "
            "machine first, and keep a copy elsewhere: without it the stored secrets are lost."
        )

    def _rotate(self, options: dict[str, Any]) -> None:
        keys = _own()
        wanted = [key for key in keys if key.name == options["to"]] if options["to"] else keys[-1:]
        if not wanted:
            raise CommandError(f"There is no such key: {options['to'] or 'the ring is empty'}. Make one: vault add.")
        new = wanted[0]
        if keys[0] != new:
            key_ring.write(_file(), [new, *(key for key in keys if key != new)])
        outcome = sealed.reseal(new.name)
        self.stdout.write(f"{new.name} seals; {outcome.done} values were sealed anew.")
        if outcome.unreadable:
            lost = "; ".join(outcome.unreadable)
            raise CommandError(f"These cannot be read, their key is gone. Enter them again: {lost}")

    def _drop(self, options: dict[str, Any]) -> None:
        keys = _own()
        name = options["name"]
        if name not in {key.name for key in keys}:
            raise CommandError(f"There is no key {name} in the ring.")
        seals = sealed.count_by_key()[name]
        if seals or keys[0].name == name:
            raise CommandError(f"{name} still seals {seals or 'what is stored next'}: run “vault rotate” first.")
        key_ring.write(_file(), [key for key in keys if key.name != name])
        self.stdout.write(f"{name} is gone from the ring.")


def _own() -> list[key_ring.Key]:
    return [key for key in key_ring.ring() if not key.derived]


def _file() -> Path:
    file: Path | None = settings.VAULT_KEYS_FILE
    if file is None:
        raise CommandError(
            "The keys come from the variable VAULT_KEYS: change it there, or move them into a file and say "
            "VAULT_KEYS_FILE."
        )
    return file
