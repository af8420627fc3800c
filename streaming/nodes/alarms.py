"""Says in plain words which machines are lost, and which stations have none. Called by the beat, every five seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.alerts.models import Alert, Severity
from streaming.alerts.services import close_alert, open_alert
from streaming.nodes import placement, queries
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LOST = "node-gone"
HOMELESS = "no-node-for-station"


def sound() -> None:
    """Open an alert for each machine and station that is in need, and close those of all others."""
    known = queries.machines()
    lost = {
        f"node:{pk}": _sentence(name, fenced, unfenced, alone=len(known) == 1)
        for pk, name, fenced, unfenced in queries.silent_holders()
    }
    for subject, sentence in lost.items():
        open_alert(kind=LOST, subject=subject, severity=Severity.CRITICAL, sentence=sentence)
    _close_all_but(LOST, lost)
    homeless = {f"station:{station.pk}": (station, sentence) for station, sentence in _homeless(known)}
    for subject, (station, sentence) in homeless.items():
        severity = Severity.CRITICAL if station.encoder.node_id is None else Severity.WARNING
        open_alert(kind=HOMELESS, subject=subject, severity=severity, sentence=sentence, station=station)
    _close_all_but(HOMELESS, homeless)


def _homeless(known: list[placement.Machine]) -> Iterator[tuple[Station, str]]:
    """Yield each station that no machine may run, and each that should leave its machine and has nowhere to go."""
    here = {machine.pk: machine for machine in known}
    wanted = Station.objects.filter(wanted_on_air=True, encoder__isnull=False).select_related("encoder")
    for station in wanted.order_by("slug"):
        needs, holder = queries.needs_of(station), here.get(station.encoder.node_id or 0)
        others = [machine for machine in known if machine is not holder]
        if holder is None:
            free = station.encoder.node_id is None or station.encoder.lease_fenced
            if free and not placement.ranked(known, needs):
                yield station, f"No machine runs {station.name}. {placement.reason(known, needs)}"
            continue
        why = placement.objection(holder, needs, holds=True) if holder.lives else ""
        if why and not placement.ranked(others, needs):
            where = placement.reason(others, needs)
            yield station, f"{station.name} goes on at {holder.name}, which {why}, but cannot go elsewhere. {where}"


def _sentence(name: str, fenced: int, unfenced: int, *, alone: bool) -> str:
    """Say what becomes of a lost machine's stations, and what to do."""
    said = [f"{name} is not heard of."]
    if fenced:
        said.append(f"{_stations(fenced)} on air at another machine as soon as one may have them.")
    if unfenced and alone:
        said.append("What is on air there goes on, and nobody watches it: start its node again.")
    elif unfenced:
        said.append(
            f"{_stations(unfenced)} nowhere else by {'itself' if unfenced == 1 else 'themselves'}, because the encoder "
            f"there may be on air still. If the machine is switched off, say so: manage.py node gone {name}.",
        )
    return " ".join(said)


def _stations(number: int) -> str:
    return "Its station goes" if number == 1 else f"{number} of its stations go"


def _close_all_but(kind: str, subjects: Iterable[str]) -> None:
    over = Alert.objects.filter(kind=kind, closed_at=None).exclude(subject__in=list(subjects))
    for subject in over.values_list("subject", flat=True):
        close_alert(kind=kind, subject=subject)
