"""The stream key and the SRT passphrase of a destination: sealed in the row, in the clear for the encoder only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.lib import vault

if TYPE_CHECKING:
    from streaming.outputs.models import Destination

HINT_LENGTH = 4
SHORT_KEY = 8


def stream_key(destination: Destination) -> str:
    """Return the key in the clear, for the encoder's spec only.

    Raises:
        config.lib.vault.SealBrokenError: the key it was sealed with is gone.

    """
    sealed = bytes(destination.key_sealed)
    return vault.unseal(sealed, purpose=key_purpose(destination)) if sealed else ""


def srt_passphrase(destination: Destination) -> str:
    """Return the passphrase in the clear, for the encoder's spec only; raises as :func:`stream_key`."""
    sealed = bytes(destination.passphrase_sealed)
    return vault.unseal(sealed, purpose=passphrase_purpose(destination)) if sealed else ""


def seal_key(destination: Destination, key: str) -> None:
    """Put a key into the row; an empty one empties it."""
    destination.key_sealed = vault.seal(key, purpose=key_purpose(destination)) if key else b""
    destination.key_hint = key[-HINT_LENGTH:] if len(key) >= SHORT_KEY else ""


def seal_passphrase(destination: Destination, passphrase: str) -> None:
    """Put a passphrase into the row; an empty one empties it. Nothing of it is ever shown."""
    destination.passphrase_sealed = (
        vault.seal(passphrase, purpose=passphrase_purpose(destination)) if passphrase else b""
    )


def key_purpose(destination: Destination) -> str:
    """Return what a key is sealed for: this row."""
    return f"destination:{destination.pk}"


def passphrase_purpose(destination: Destination) -> str:
    """Return what a passphrase is sealed for: this row."""
    return f"destination-passphrase:{destination.pk}"
