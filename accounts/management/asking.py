"""What this floor's commands share: finding a person by address, and errors as one sentence with an exit code."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from accounts.people.models import User
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED, NOBODY = 1, 4


def person_named(email: str) -> User:
    """Return the person, or end the command with exit code 4."""
    found = User.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        raise CommandError(f"Nobody has the address {email}. See who there is: person list", returncode=NOBODY)
    return found


def refusals_as_sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Turn our own errors into the command's: the sentence, and exit code 1."""

    @functools.wraps(command)
    def call(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except LongwaveError as error:
            raise CommandError(error.detail, returncode=REFUSED) from error

    return call
