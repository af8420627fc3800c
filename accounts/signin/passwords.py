"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 64 MiB of memory, three passes and four lanes (RFC 9106, its second recommended choice).

    A hash with other figures, or of another kind, is made anew at the next sign-in: Django asks ``must_update``.
    """

    memory_cost = 64 * 1024  # KiB
    time_cost = 3
    parallelism = 4
