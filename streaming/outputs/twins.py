"""Refuses a second publisher of one address and key: every platform drops one of the two, at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from config.lib import vault
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.keys import stream_key
from streaming.outputs.models import Destination

if TYPE_CHECKING:
    from collections.abc import Iterator


def refuse_twin(destination: Destination) -> None:
    """Refuse ``destination`` as it stands, saved or not, if another one sends to the same place with the same key.

    Raises:
        DestinationInvalidError: ``field`` is ``key``, or ``url`` where there is no key.

    """
    if destination.kind == Destination.Kind.RECORDING:
        return
    key = stream_key(destination)
    for other in _at_the_same_address(destination):
        try:
            same = stream_key(other) == key
        except vault.SealBrokenError:
            continue  # it cannot go on air before its key is entered again, and is checked then
        if same:
            what = "with this key " if key else ""
            raise DestinationInvalidError(
                f"{other.station.name} already sends to this address {what}({other.name}): "
                "use another key, or remove that destination first.",
                field="key" if key else "url",
            )


def _at_the_same_address(destination: Destination) -> Iterator[Destination]:
    places = [url for url in (destination.url, destination.backup_url) if url]
    others = Destination.objects.filter(Q(url__in=places) | Q(backup_url__in=places)).exclude(pk=destination.pk)
    yield from others.select_related("station")
