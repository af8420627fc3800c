"""How the tables of doors are written: who is let in, by name, and nobody else."""

from __future__ import annotations

from typing import NamedTuple

from tests.security.cast import NAMES

EVERYBODY = frozenset(NAMES)
SIGNED_IN = EVERYBODY - {"anonymous"}
CONSOLE = frozenset({"editor", "operator", "manager", "admin"})
RUN = frozenset({"operator", "manager", "admin"})
PRESENT = RUN | {"presenter"}
HOUSE = frozenset({"manager", "admin"})
ADMIN = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()


class Door(NamedTuple):
    """Who is let in.

    ``proof``: what is sent decides (a password, a code, a secret), the same for everybody: without it nobody is.
    ``empty``: what is behind it is not there in the tests (a file), so that those who may are answered 404.
    """

    who: frozenset[str] = NOBODY
    proof: bool = False
    empty: bool = False


PROOF = Door(proof=True)


def one(who: frozenset[str], *, empty: bool = False) -> Door:
    """Return a door for those."""
    return Door(who, empty=empty)
