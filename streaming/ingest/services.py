"""The verbs of takeovers: give a presenter a key, take it back, begin and end a takeover."""

from __future__ import annotations

import ipaddress
import secrets
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import timezone

from config.lib.notify import notify
from streaming.ingest.errors import KeyInvalidError, PublishRefusedError
from streaming.ingest.keys import HINT_LENGTH, digest_of, find_key, make_key
from streaming.ingest.models import PresenterKey, Takeover
from streaming.stations.models import Station

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.people.models import User

log = structlog.get_logger(__name__)

NAME_LIMIT = 120
STREAM_BYTES = 16
REFUSED = "This stream key is not known, or was revoked."
End = Takeover.End


@transaction.atomic
def create_presenter_key(
    *, station: Station, name: str, created_by: User | None, person: User | None = None
) -> tuple[PresenterKey, str]:
    """Make a key for a presenter; it is returned this once and kept nowhere in the clear.

    ``person`` is the presenter's account: as presenter of the station they see the key's row, never the key.

    Raises:
        KeyInvalidError: ``field`` is ``name``: empty, too long, or a presenter of the station has it already.

    """
    wanted = " ".join(name.split())
    if not wanted:
        raise KeyInvalidError("Say whose key it is: the presenter's name is shown on the console.", field="name")
    if len(wanted) > NAME_LIMIT:
        raise KeyInvalidError(f"The presenter's name may have {NAME_LIMIT} characters.", field="name")
    Station.objects.select_for_update().get(pk=station.pk)
    if PresenterKey.objects.filter(station=station, name__iexact=wanted, revoked_at=None).exists():
        raise KeyInvalidError(f"{wanted} has a key already: revoke it first, or take another name.", field="name")
    key = make_key()
    row = PresenterKey.objects.create(
        station=station,
        name=wanted,
        digest=digest_of(key),
        hint=key[-HINT_LENGTH:],
        created_by=created_by,
        person=person,
    )
    return row, key


@transaction.atomic
def revoke_presenter_key(*, key: PresenterKey) -> None:
    """Refuse this key from now on; a takeover with it that runs is ended at once."""
    Station.objects.select_for_update().get(pk=key.station_id)
    PresenterKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    key.refresh_from_db()
    for takeover in Takeover.objects.filter(key=key, ended_at=None):
        _end(takeover, End.REVOKED)


def begin_takeover(*, key: str, client_id: str, address: str = "") -> Takeover:
    """Let a presenter in: the station follows from the key, the newest presenter has it.

    1. Lock the station, so that two presenters come one after another.
    2. Check the key again under the lock: it may just have been revoked.
    3. Whoever was on is replaced; a presenter who lost the connection gets in again at once, whatever the ingest
       server still believes of the old one.
    4. The stream gets a name of its own, so that no two publishers ever meet in one and nobody learns the key by it.

    ``client_id`` is the ingest server's number of the connection; it counts from 1 again when that server restarts.

    Raises:
        PublishRefusedError: the key is not known, or was revoked.

    """
    found = find_key(key)
    if found is None or found.revoked_at is not None:
        raise PublishRefusedError(REFUSED)
    with transaction.atomic():
        Station.objects.select_for_update().get(pk=found.station_id)
        if not PresenterKey.objects.filter(pk=found.pk, revoked_at=None).update(last_used_at=timezone.now()):
            raise PublishRefusedError(REFUSED)
        for before in Takeover.objects.filter(station_id=found.station_id, ended_at=None):
            _end(before, End.REPLACED)
        takeover = Takeover.objects.create(
            station_id=found.station_id,
            key=found,
            client_id=client_id,
            stream=secrets.token_hex(STREAM_BYTES),
            address=_address(address),
        )
        notify(station=str(found.station_id), what="control")
    log.info("a presenter publishes", presenter=found.name, takeover=str(takeover.pk), address=takeover.address)
    return takeover


@transaction.atomic
def publish_ended(*, key: str, client_id: str) -> Takeover | None:
    """End the takeover of the connection that the ingest server says is gone; None if none of it runs.

    A connection is known by its number *and* its key: after the ingest server's restart the number may be another's.
    """
    found = find_key(key)
    running = Takeover.objects.select_for_update().filter(key=found, client_id=client_id, ended_at=None)
    takeover = running.first() if found else None
    if takeover is not None:
        _end(takeover, End.STOPPED)
    return takeover


@transaction.atomic
def end_takeover(*, takeover: Takeover, end: str) -> bool:
    """End a takeover; tells whether it still ran. The presenter's program goes on sending, to nobody."""
    row = Takeover.objects.select_for_update().get(pk=takeover.pk)
    ran = row.ended_at is None
    if ran:
        _end(row, end)
    takeover.refresh_from_db()
    return ran


@transaction.atomic
def note_on_air(*, station: Station, identity: UUID, copied: bool, at: datetime) -> None:
    """Keep that the encoder has put a presenter's stream on air; told again after a change of copying to coding."""
    rows = Takeover.objects.filter(pk=identity, station=station)
    rows.filter(on_air_at=None).update(on_air_at=at)
    rows.update(copied=copied)


@transaction.atomic
def note_ended(*, station: Station, identity: UUID, end: str, at: datetime) -> None:
    """Keep that the encoder has left a presenter's stream.

    What the encoder saw of the end is more exact than the ingest server's word that a connection is gone: a stalled
    presenter is cut off by that server, too.
    """
    row = Takeover.objects.select_for_update().filter(pk=identity, station=station).first()
    if row is None or end not in End.values:
        return
    if row.ended_at is None:
        row.ended_at, row.end = at, end
    elif row.end == End.STOPPED:
        row.end = end
    row.save(update_fields=["ended_at", "end"])
    notify(station=str(station.pk), what="control")


def _end(takeover: Takeover, end: str) -> None:
    takeover.ended_at, takeover.end = timezone.now(), end
    takeover.save(update_fields=["ended_at", "end"])
    notify(station=str(takeover.station_id), what="control")
    log.info("a takeover ended", takeover=str(takeover.pk), end=end)


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
