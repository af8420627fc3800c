"""What destinations are called: once each at a station."""

from __future__ import annotations

from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.models import Destination
from streaming.stations.models import Station

NAME_LIMIT = 80


def free_name(station: Station, name: str, label: str) -> str:
    """Return the operator's name if it is free, else ``label`` (the platform's or host's) with a number.

    Raises:
        DestinationInvalidError: ``field`` is ``name``.

    """
    taken = set(Destination.objects.filter(station=station).values_list("name", flat=True))
    wanted = name.strip()
    _check(wanted, taken)
    label = label[: NAME_LIMIT - 4]
    return wanted or next(n for n in [label, *(f"{label} {i}" for i in range(2, 1000))] if n not in taken)


def checked_name(destination: Destination, name: str) -> str:
    """Return another name for a destination, or refuse it as :func:`free_name` does; it must not be empty."""
    wanted = name.strip()
    if not wanted:
        raise DestinationInvalidError("The destination needs a name.", field="name")
    others = Destination.objects.filter(station_id=destination.station_id).exclude(pk=destination.pk)
    _check(wanted, set(others.values_list("name", flat=True)))
    return wanted


def _check(name: str, taken: set[str]) -> None:
    if len(name) > NAME_LIMIT:
        raise DestinationInvalidError(f"The name must have at most {NAME_LIMIT} characters.", field="name")
    if name in taken:
        raise DestinationInvalidError(f"This station has a destination {name!r} already.", field="name")
