"""Which machine runs which station. Pure.

A station goes to the least loaded of the machines that may have it. Every node reckons the same plan from the same
table: of many stations without a machine each node takes its own share, and waits a little before it takes another's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

USUAL_CAPACITY = 40
"""Stations that a machine without a set capacity is reckoned to carry, only to compare it with one that has one."""


@dataclass(frozen=True)
class Machine:
    """A node as placement sees it."""

    pk: int
    name: str
    labels: frozenset[str] = frozenset()
    capacity: int | None = None
    draining: bool = False
    lives: bool = True
    stations: int = 0

    @property
    def load(self) -> float:
        """Share of its capacity that is taken."""
        return self.stations / (self.capacity or USUAL_CAPACITY)

    @property
    def is_full(self) -> bool:
        """Whether it may take no more."""
        return self.capacity is not None and self.stations >= self.capacity


@dataclass(frozen=True)
class Needs:
    """What a station asks of its machine."""

    station: UUID
    labels: frozenset[str] = frozenset()
    pinned: int | None = None


@dataclass(frozen=True)
class Plan:
    """Who should take each station; those nobody may take, with the reason in plain words."""

    takers: dict[UUID, int] = field(default_factory=dict)
    refused: dict[UUID, str] = field(default_factory=dict)


def objection(machine: Machine, needs: Needs, *, holds: bool = False) -> str:
    """Say why a machine may not have a station, in words that follow its name; empty: it may.

    ``holds``: it has the station already, so its capacity is not asked again.
    """
    if needs.pinned is not None and needs.pinned != machine.pk:
        return "is not the machine it is pinned to"
    missing = sorted(needs.labels - machine.labels)
    if missing:
        return f"lacks the label{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
    if machine.draining:
        return "is being drained"
    if not holds and machine.is_full:
        return f"is full ({machine.stations} of {machine.capacity} stations)"
    return "" if machine.lives else "is not heard of"


def ranked(machines: Iterable[Machine], needs: Needs) -> list[Machine]:
    """Return the machines that may have a station, the least loaded first."""
    fit = [machine for machine in machines if not objection(machine, needs)]
    return sorted(fit, key=lambda machine: (machine.load, machine.stations, machine.name))


def plan(machines: Sequence[Machine], wanted: Iterable[Needs]) -> Plan:
    """Give every station a machine, as if they were taken one after another."""
    made, now = Plan(), {machine.pk: machine for machine in machines}
    for needs in sorted(wanted, key=lambda one: (one.pinned is None, not one.labels, one.station)):
        fit = ranked(now.values(), needs)
        if not fit:
            made.refused[needs.station] = reason(list(now.values()), needs)
            continue
        taker = fit[0]
        made.takers[needs.station] = taker.pk
        now[taker.pk] = replace(taker, stations=taker.stations + 1)
    return made


def reason(machines: Sequence[Machine], needs: Needs) -> str:
    """Say in plain words why no machine may have a station, and what would help."""
    pinned = next((machine for machine in machines if machine.pk == needs.pinned), None)
    if needs.pinned is not None and pinned is None:
        return "The machine it is pinned to is declared gone: pin it to another one, or to none."
    if pinned is not None:
        why = objection(pinned, needs)
        return f"It is pinned to {pinned.name}, which {why}: see to that machine, or pin the station to another one."
    if not machines:
        return "No machine is registered: start “manage.py node” on one."
    whys = "; ".join(f"{machine.name} {objection(machine, needs)}" for machine in machines)
    return f"No machine may run it: {whys}."


def better_place(machines: Sequence[Machine]) -> tuple[int, int] | None:
    """Return from which machine to which one station would have to move to even out their loads; None: even enough."""
    fit = sorted(
        (machine for machine in machines if machine.lives and not machine.draining),
        key=lambda machine: (machine.load, machine.name),
    )
    if len(fit) < 2:  # noqa: PLR2004 - it takes two to move
        return None
    low, high = fit[0], fit[-1]
    after = replace(low, stations=low.stations + 1)
    if low.is_full or after.load >= high.load:
        return None
    return high.pk, low.pk
