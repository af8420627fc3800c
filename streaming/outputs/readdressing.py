"""What a change of address, key or passphrase comes to; secrets that are not given are those there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.outputs import address as addresses
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.keys import srt_passphrase, stream_key
from streaming.outputs.models import Destination

if TYPE_CHECKING:
    from streaming.outputs.address import Address
    from streaming.outputs.services import Changes

Kind = Destination.Kind


def changed_address(row: Destination, changes: Changes) -> Address | None:
    """Return the address with its secrets as they are to be; ``None``: none of it changes.

    Raises:
        DestinationInvalidError: it cannot be used, or the present key does not fit the new address.
        config.lib.vault.SealBrokenError: a secret that is to be kept cannot be read.

    """
    typed, now = changes.get("url", "").strip(), as_typed(row)
    if typed in ("", row.url, now):
        if not changes.get("key") and "passphrase" not in changes:
            return None
        return _parsed(row, now, changes.get("key") or stream_key(row), changes)
    address = _moved(row, typed, changes)
    if (address.kind == Kind.RECORDING) != (row.kind == Kind.RECORDING):
        raise DestinationInvalidError("A recording is a destination of its own: add one.", field="url")
    return address


def as_typed(row: Destination) -> str:
    """Return what an operator types to get this destination's address."""
    if row.kind == Kind.RECORDING:
        return addresses.RECORDING
    return addresses.RELAY if row.platform == addresses.RELAY else row.url


def _moved(row: Destination, typed: str, changes: Changes) -> Address:
    """Return a new address with the key given with it, else with the present key."""
    try:
        return _parsed(row, typed, changes.get("key", ""), changes)
    except DestinationInvalidError as error:
        if error.field != "key" or changes.get("key"):
            raise
    return _parsed(row, typed, stream_key(row), changes)


def _parsed(row: Destination, typed: str, key: str, changes: Changes) -> Address:
    keeps = row.kind == Kind.SRT and typed.startswith("srt://") and "passphrase" not in changes
    return addresses.parse(typed, key, passphrase=srt_passphrase(row) if keeps else changes.get("passphrase", ""))
