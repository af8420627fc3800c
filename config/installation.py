"""Brings an installation up to date: database, static files, first account, slate. Everything here may run again."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import psycopg
import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog.models import EncodingProfile, Rendition
from catalog.visuals.drawing import SLATE
from catalog.visuals.profiles import USUAL
from catalog.visuals.services import slate_rendition
from streaming.models import Station

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_ACCOUNT = "admin@longwave.local"
# Two machines that start at once must not migrate at once; any number will do, as long as it stays the same.
MIGRATION_LOCK = 7_230_441


def check_reachable() -> None:
    """Look whether database and Redis answer.

    Raises:
        CommandError: one does not; the sentence names the variable to check.

    """
    try:
        # Not through the pool, which would try for five seconds and then forget why.
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(f"The database does not answer ({reason}): check DATABASE_URL.") from error
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as server:
            server.ping()
    except redis.RedisError as error:
        raise CommandError(f"Redis does not answer ({error}): check REDIS_URL.") from error


def migrate() -> None:
    """Apply the migrations that are missing; looks first, because looking is much cheaper."""
    if not _migrations_missing():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def collect_static() -> None:
    """Collect static files, unless no file's path, size or time changed since the last time."""
    fingerprint = hashlib.sha256("\n".join(sorted(_static_inputs())).encode()).hexdigest()
    stamp = settings.STATIC_ROOT / ".collected"
    if stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint, encoding="ascii")


def make_first_account() -> dict[str, str] | None:
    """Make the operator's account if there is none at all; return its ``email`` and ``password``, known only here."""
    people = get_user_model().objects
    if people.exists():
        return None
    password = secrets.token_urlsafe(15)
    people.create_superuser(FIRST_ACCOUNT, password)
    return {"email": FIRST_ACCOUNT, "password": password}


def wants_demo() -> bool:
    """Whether the demo station is to be made: never again once there has been a station."""
    stamp = settings.PLACES.home / "had-a-station"
    if Station.objects.exists():
        stamp.touch()
    return settings.LONGWAVE_DEMO and not stamp.exists() and "demo" in get_commands()


def _migrations_missing() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _static_inputs() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = (storage.path(path), storage.size(path), storage.get_modified_time(path).timestamp())
            yield f"{path} {status}"


def lacks_slate() -> bool:
    """Tell whether stations of the usual profile would have to wait for their slate."""
    ready = Rendition.objects.filter(loop__builtin=SLATE, profile=USUAL, status=Rendition.Status.READY)
    return not ready.exists()


def make_slate() -> None:
    """Draw and compile the slate for the usual profile, so that the first station starts at once."""
    slate_rendition(profile=EncodingProfile.objects.get(pk=USUAL))
