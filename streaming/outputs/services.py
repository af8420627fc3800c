"""The verbs of destinations: add one, change it, connect it anew, remove it. All of a change is kept, or none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.lib.notify import notify
from streaming.outputs import address as addresses
from streaming.outputs import alarms, guard, platforms
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.keys import seal_key, seal_passphrase, stream_key
from streaming.outputs.models import Destination
from streaming.outputs.naming import checked_name, free_name
from streaming.outputs.readdressing import changed_address
from streaming.outputs.relaying import check_via_relay
from streaming.outputs.twins import refuse_twin
from streaming.stations.models import Station

if TYPE_CHECKING:
    from streaming.outputs.address import Address

__all__ = [
    "EDITABLE",
    "Changes",
    "Options",
    "add_destination",
    "change_destination",
    "remove_destination",
    "renew_destination",
    "set_enabled",
    "set_key",
    "stream_key",
]

Kind = Destination.Kind
EDITABLE = (
    "backup_url",
    "backup",
    "allow_private",
    "renew_after_s",
    "segment_s",
    "keep_hours",
    "to_storage",
    "via_relay",
)
"""What is written as it is given; address, key, passphrase and name have rules of their own."""
_OF_THE_ADDRESS = ("kind", "platform", "url", "key_sealed", "key_hint", "passphrase_sealed")


class Options(TypedDict, total=False):
    """What may be said of a destination beside address, key and name; see the model for each."""

    backup_url: str
    backup: str
    allow_private: bool
    passphrase: str
    renew_after_s: int | None
    segment_s: int
    keep_hours: int | None
    to_storage: bool
    via_relay: bool


class Changes(Options, total=False):
    """What may be changed of a destination; what is not given stays."""

    url: str
    key: str
    name: str
    enabled: bool


def add_destination(
    *, station: Station, url: str, name: str = "", key: str = "", **options: Unpack[Options]
) -> Destination:
    """Add a way out; a key in the address is split off, and every key is kept sealed.

    ``url`` is an address or a word (``youtube``, ``recording``, ``relay`` …; ``streaming.outputs.address``).

    Raises:
        DestinationInvalidError: ``field`` names what is wrong: ``url``, ``key``, ``name``, ``backup_url`` …

    """
    address = addresses.parse(url, key, passphrase=options.get("passphrase", ""))
    destination = Destination(station=station, backup_url="")
    _take_address(destination, address)
    _take_backup_of_platform(destination, url, options)
    _take_options(destination, options)
    _check_hosts(destination)
    with transaction.atomic():
        Station.objects.select_for_update().get(pk=station.pk)
        destination.name = free_name(station, name, address.label)
        refuse_twin(destination)
        destination.save(force_insert=True)
        notify(station=str(station.pk), what="control")
    return destination


def change_destination(*, destination: Destination, **changes: Unpack[Changes]) -> Destination:
    """Change what is given, all of it or nothing; only this destination's connection is touched by it.

    Raises:
        DestinationInvalidError: ``field`` names what is wrong.

    """
    with transaction.atomic():
        row = Destination.objects.select_for_update().get(pk=destination.pk)
        address = changed_address(row, changes)
        if address is not None:
            _take_address(row, address)
        _take_options(row, changes)
        if changes.keys() & {"url", "backup_url", "allow_private"}:
            _check_hosts(row)
        if address is not None or "backup_url" in changes:
            refuse_twin(row)
        if "name" in changes:
            row.name = checked_name(row, changes["name"])
        row.enabled = changes.get("enabled", row.enabled)
        row.save(update_fields=[*EDITABLE, *_OF_THE_ADDRESS, "name", "enabled"])
        if not row.enabled:
            alarms.silence(row)
        notify(station=str(row.station_id), what="control")
    destination.refresh_from_db()
    return destination


def set_key(*, destination: Destination, key: str) -> None:
    """Replace the stream key.

    Raises:
        DestinationInvalidError: ``field`` is ``key``.

    """
    change_destination(destination=destination, key=addresses.check_key(key.strip()))


def set_enabled(*, destination: Destination, enabled: bool) -> None:
    """Send to this destination, or pause it, without touching the others."""
    change_destination(destination=destination, enabled=enabled)


@transaction.atomic
def renew_destination(*, destination: Destination) -> None:
    """Have the encoder connect anew to this destination now, at the next keyframe.

    Raises:
        DestinationInvalidError: it is a recording, or it is paused.

    """
    if destination.kind in (Kind.RECORDING, Kind.HLS):
        raise DestinationInvalidError(f"{destination.name} holds no connection that could be made anew.")
    if not destination.enabled:
        raise DestinationInvalidError(f"{destination.name} is paused: resume it, and it is connected.")
    Destination.objects.filter(pk=destination.pk).update(renew_wanted_at=timezone.now())
    notify(station=str(destination.station_id), what="control")


@transaction.atomic
def remove_destination(*, destination: Destination) -> None:
    """Forget a destination and its key; the encoder leaves it at once. Files that it recorded stay."""
    station = str(destination.station_id)
    alarms.silence(destination)
    destination.delete()
    notify(station=station, what="control")


def _take_address(row: Destination, address: Address) -> None:
    row.kind, row.platform, row.url = address.kind, address.platform, address.url
    seal_key(row, address.key)
    seal_passphrase(row, address.passphrase)


def _take_backup_of_platform(row: Destination, typed: str, options: Options) -> None:
    """Have the platform's second ingest stand by where the platform was named in a word and nothing else was said."""
    known = platforms.by_slug(typed)
    if known and known.backup_url and not options.get("backup_url"):
        row.backup_url, row.backup = known.backup_url, Destination.Backup.STANDBY


def _take_options(row: Destination, options: Options) -> None:
    """Write what is given, and check that it goes together.

    Raises:
        DestinationInvalidError: ``field`` names it.

    """
    for name, value in options.items():
        if name in EDITABLE:
            setattr(row, name, value)
    row.backup_url = row.backup_url.strip()
    try:
        row.clean_fields(exclude={"station", "name"})
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise DestinationInvalidError(f"{field}: {' '.join(sentences)}", field=field) from error
    if row.backup != Destination.Backup.OFF and not row.backup_url:
        raise DestinationInvalidError("Write the backup ingest's address, or do not use one.", field="backup_url")
    if row.backup_url:
        _check_backup(row)
    check_via_relay(row)


def _check_backup(row: Destination) -> None:
    """Refuse a backup ingest that is of another kind, or that holds a key of its own: both take the same one."""
    try:
        backup = addresses.parse(row.backup_url, "the-same-key")
    except DestinationInvalidError as error:
        raise DestinationInvalidError(error.detail, field="backup_url") from error
    if row.kind != Kind.RTMP or backup.kind != Kind.RTMP:
        raise DestinationInvalidError("Only RTMP destinations have a backup ingest.", field="backup_url")
    if backup.url == row.url:
        raise DestinationInvalidError("The backup ingest needs another address than the first one.", field="backup_url")
    row.backup_url = backup.url


def _check_hosts(row: Destination) -> None:
    """Refuse places that are not allowed; where this installation's own relay lies is its own business."""
    if row.platform == addresses.RELAY:
        return
    for field in ("url", "backup_url"):
        host = urlsplit(getattr(row, field)).hostname
        if host:
            guard.check(host, allow_private=row.allow_private, field=field)
