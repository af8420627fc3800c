"""The verbs of destinations: add one, change its key, try it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from config.lib import vault
from config.lib.notify import notify
from streaming.outputs import address as addresses
from streaming.outputs import rtmp
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.models import Destination
from streaming.stations.models import Station

NAME_LIMIT = 80
HINT_LENGTH = 4
SHORT_KEY = 8


@dataclass(frozen=True)
class TestResult:
    """What trying something out showed: whether it works, and a sentence for the operator."""

    ok: bool
    sentence: str

    __test__ = False  # not a test class, whatever pytest thinks of the name


@transaction.atomic
def add_destination(*, station: Station, url: str, name: str = "", key: str = "") -> Destination:
    """Add a way out; a key at the end of the URL's path is split off, and every key is kept sealed.

    ``url`` may be a platform's name (``youtube``, ``twitch``, ``facebook``) when ``key`` is given.

    Raises:
        DestinationInvalidError: ``field`` is ``url``, ``key`` or ``name``.

    """
    address = addresses.parse(url, key)
    Station.objects.select_for_update().get(pk=station.pk)
    _refuse_twin(address)
    destination = Destination(station=station, name=_free_name(station, name, address), url=address.url)
    _seal(destination, address.key)
    destination.save(force_insert=True)
    notify(station=str(station.pk), what="control")
    return destination


@transaction.atomic
def set_key(*, destination: Destination, key: str) -> None:
    """Replace the stream key.

    Raises:
        DestinationInvalidError: ``field`` is ``key``.

    """
    address = addresses.parse(destination.url, addresses.check_key(key.strip()))
    row = Destination.objects.select_for_update().get(pk=destination.pk)
    _refuse_twin(address, but=row)
    _seal(row, address.key)
    row.save(update_fields=["key_sealed", "key_hint"])
    destination.key_sealed, destination.key_hint = row.key_sealed, row.key_hint
    notify(station=str(row.station_id), what="control")


@transaction.atomic
def set_enabled(*, destination: Destination, enabled: bool) -> None:
    """Send to this destination, or leave it out, without touching the others."""
    Destination.objects.filter(pk=destination.pk).update(enabled=enabled)
    destination.enabled = enabled
    notify(station=str(destination.station_id), what="control")


@transaction.atomic
def rename_destination(*, destination: Destination, name: str) -> None:
    """Call a destination by another name.

    Raises:
        DestinationInvalidError: ``field`` is ``name``: empty, too long or taken at this station.

    """
    wanted = name.strip()
    if not wanted:
        raise DestinationInvalidError("The destination needs a name.", field="name")
    others = Destination.objects.filter(station_id=destination.station_id).exclude(pk=destination.pk)
    _check_name(wanted, set(others.values_list("name", flat=True)))
    Destination.objects.filter(pk=destination.pk).update(name=wanted)
    destination.name = wanted


@transaction.atomic
def remove_destination(*, destination: Destination) -> None:
    """Forget a destination and its key; the encoder leaves it at once."""
    station = str(destination.station_id)
    destination.delete()
    notify(station=station, what="control")


def stream_key(destination: Destination) -> str:
    """Return the key in the clear, for the encoder's spec only.

    Raises:
        config.lib.vault.SealBrokenError: SECRET_KEY is not the one it was sealed with.

    """
    sealed = bytes(destination.key_sealed)
    return vault.unseal(sealed, purpose=_purpose(destination)) if sealed else ""


def test_destination(*, destination: Destination) -> TestResult:
    """Connect and shake hands; nothing is published, so the key is not tried."""
    try:
        address = addresses.parse(destination.url, "unused")
        seconds = rtmp.shake_hands(address)
    except (DestinationInvalidError, rtmp.NoAnswerError) as error:
        return TestResult(ok=False, sentence=str(error))
    return TestResult(
        ok=True,
        sentence=f"{address.host} answered as an RTMP server within {seconds * 1000:.0f} ms. "
        "Whether it takes the stream key shows when the station goes on air.",
    )


test_destination.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it where it is imported


def _seal(destination: Destination, key: str) -> None:
    destination.key_sealed = vault.seal(key, purpose=_purpose(destination))
    destination.key_hint = key[-HINT_LENGTH:] if len(key) >= SHORT_KEY else ""


def _purpose(destination: Destination) -> str:
    return f"destination:{destination.pk}"


def _free_name(station: Station, name: str, address: addresses.Address) -> str:
    """Return the operator's name if it is free, else the platform's or host's with a number."""
    taken = set(Destination.objects.filter(station=station).values_list("name", flat=True))
    wanted = name.strip()
    _check_name(wanted, taken)
    label = address.label[: NAME_LIMIT - 4]
    return wanted or next(n for n in [label, *(f"{label} {i}" for i in range(2, 1000))] if n not in taken)


def _check_name(name: str, taken: set[str]) -> None:
    if len(name) > NAME_LIMIT:
        raise DestinationInvalidError(f"The name must have at most {NAME_LIMIT} characters.", field="name")
    if name in taken:
        raise DestinationInvalidError(f"This station has a destination {name!r} already.", field="name")


def _refuse_twin(address: addresses.Address, but: Destination | None = None) -> None:
    """Refuse a second publisher of one key: every platform drops one of the two, at random."""
    others = Destination.objects.filter(url=address.url)
    if but is not None:
        others = others.exclude(pk=but.pk)
    for other in others.select_related("station"):
        try:
            same = stream_key(other) == address.key
        except vault.SealBrokenError:
            continue  # it cannot go on air before its key is entered again, and is checked then
        if same:
            raise DestinationInvalidError(
                f"{other.station.name} already sends to this address with this key ({other.name}): "
                "use another key, or remove that destination first.",
                field="key",
            )
