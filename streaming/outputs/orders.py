"""What an encoder is told of a destination, in the words of its spec (docs/playout.md, ``outputs``)."""

from __future__ import annotations

from typing import Any

from streaming.outputs import address as addresses
from streaming.outputs import disk, platforms
from streaming.outputs.keys import srt_passphrase, stream_key
from streaming.outputs.models import Destination
from streaming.outputs.rules import renew_after

Json = dict[str, Any]
Kind, Backup = Destination.Kind, Destination.Backup
BACKUP_SUFFIX = ":backup"
"""Ends the id of the second output, to a backup ingest that is sent to always."""
HOURS = 24


def orders_for(destination: Destination, *, slug: str, quiet_hour: int) -> list[Json]:
    """Return its outputs: one, two where the backup ingest is sent to as well, none where the relay sends it there.

    Raises:
        config.lib.vault.SealBrokenError: key or passphrase cannot be read.
        DestinationInvalidError: it goes to the relay, and there is none any more.

    """
    if destination.via_relay:
        return []
    if destination.kind == Kind.RECORDING:
        folder = disk.folder_of(slug, destination.pk)
        return [{**_head(destination), "folder": str(folder), "segment_s": destination.segment_s}]
    if destination.kind == Kind.SRT:
        return [_srt(destination, quiet_hour)]
    if destination.kind == Kind.HLS:
        return [{**_head(destination, "hls_push"), **_place(destination), "key": stream_key(destination)}]
    return _rtmp(destination, quiet_hour)


def _rtmp(destination: Destination, quiet_hour: int) -> list[Json]:
    """Return the connection to the first ingest, and that to the backup where both are always sent to.

    Those two are renewed an hour apart, so that one of them is always there.
    """
    first = {**_head(destination), **_place(destination), "key": stream_key(destination)}
    if destination.backup != Backup.BOTH:
        if destination.backup == Backup.STANDBY:
            first["backup_url"] = destination.backup_url
        return [{**first, "renew": _renew(destination, quiet_hour)}]
    second = {**first, "id": f"{destination.pk}{BACKUP_SUFFIX}", "url": destination.backup_url}
    return [
        {**first, "renew": _renew(destination, quiet_hour)},
        {**second, "renew": _renew(destination, (quiet_hour + 1) % HOURS)},
    ]


def _srt(destination: Destination, quiet_hour: int) -> Json:
    order = {**_head(destination), **_place(destination), "renew": _renew(destination, quiet_hour)}
    secrets = {"key": stream_key(destination), "passphrase": srt_passphrase(destination)}
    return {**order, **{name: secret for name, secret in secrets.items() if secret}}


def _head(destination: Destination, kind: str = "") -> Json:
    return {"id": str(destination.pk), "kind": kind or str(destination.kind)}


def _place(destination: Destination) -> Json:
    """Return where it goes; the relay is where it is configured now, and may lie anywhere."""
    if destination.platform == addresses.RELAY:
        return {"url": addresses.relay_url(), "private": True}
    return {"url": destination.url, "private": destination.allow_private}


def _renew(destination: Destination, quiet_hour: int) -> Json:
    """Return when and how the connection is made anew."""
    platform = platforms.by_slug(destination.platform)
    overlap = platform.rules.overlap if platform else "none"
    if overlap == "backup" and destination.backup != Backup.STANDBY:
        overlap = "none"
    return {"after_s": renew_after(destination), "quiet_hour": quiet_hour, "overlap": overlap}
