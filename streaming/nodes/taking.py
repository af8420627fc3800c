"""One look at the tables: which machines there are, who holds what, and which stations this node should take now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from streaming.nodes import boottime, leases, placement
from streaming.nodes.models import Encoder, Node
from streaming.nodes.observing import Holding
from streaming.nodes.placement import Machine, Needs
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Container
    from uuid import UUID

    from streaming.nodes.observing import Observed

PATIENCE = 2.0
"""Seconds for which the others leave a station to the machine whose turn it is."""

MOVES_AT_ONCE = 2
"""Stations that one machine hands over at the same time: each warms an encoder elsewhere."""


@dataclass(frozen=True)
class Row:
    """A station that is wanted on air."""

    needs: Needs
    holding: Holding
    handover_to: int | None = None

    @property
    def station(self) -> UUID:
        """Its key."""
        return self.needs.station


@dataclass(frozen=True)
class Table:
    """Everything one look shows; ``several``: somebody else is registered who could take a station."""

    machines: dict[int, Machine]
    rows: list[Row]

    @property
    def several(self) -> bool:
        """Whether more than one machine is registered."""
        return len(self.machines) > 1


def read(observed: Observed) -> Table:
    """Look, and note what was seen and when by our own clock.

    Raises:
        django.db.OperationalError: the database is away.

    """
    life = leases.database_life()
    nodes = list(Node.objects.values("pk", "name", "labels", "capacity", "draining", "gone_at", "seen_at"))
    gone = {node["pk"] for node in nodes if node["gone_at"] is not None}
    rows = [_row(found, gone) for found in Station.objects.filter(wanted_on_air=True).values_list(*_FIELDS)]
    loads = _loads()
    now = boottime.now()
    observed.signs([(node["pk"], node["seen_at"]) for node in nodes], now)
    observed.look([row.holding for row in rows], now, life)
    machines = {
        node["pk"]: Machine(
            node["pk"],
            node["name"],
            frozenset(node["labels"]),
            node["capacity"],
            draining=node["draining"],
            lives=observed.lives(node["pk"]),
            stations=loads.get(node["pk"], 0),
        )
        for node in nodes
        if node["pk"] not in gone
    }
    return Table(machines, rows)


def to_take(table: Table, observed: Observed, *, me: int, kept: Container[UUID]) -> list[Row]:
    """Return the stations that this node should take now; ``kept`` are those it looks after.

    1. Its own, which it had before it was started anew.
    2. Those without a machine whose turn is ours by the plan that every node makes of the same table.
    3. Those that the machine whose turn it was has left lying.
    """
    rows = [row for row in table.rows if row.station not in kept]
    own = [row for row in rows if row.holding.node == me]
    free = [row for row in rows if row.holding.node != me and observed.may_be_taken(row.station)]
    turns = placement.plan(list(table.machines.values()), [row.needs for row in free]).takers
    mine = []
    for row in free:
        waited = row.station in turns and observed.free_for(row.station) >= PATIENCE
        if turns.get(row.station) == me or (waited and not placement.objection(table.machines[me], row.needs)):
            mine.append(row)
    return own + mine


def to_move(table: Table, *, me: int) -> list[tuple[Row, Machine, str]]:
    """Return what this node should not have any more, with the machine to hand it to and the reason."""
    mine = [row for row in table.rows if row.holding.node == me]
    free = MOVES_AT_ONCE - sum(row.handover_to is not None for row in mine)
    moves: list[tuple[Row, Machine, str]] = []
    for row in mine:
        why = placement.objection(table.machines[me], row.needs, holds=True) if me in table.machines else ""
        others = placement.ranked([one for pk, one in table.machines.items() if pk != me], row.needs)
        if why and others and row.handover_to is None and len(moves) < free:
            moves.append((row, others[0], why))
    return moves


_FIELDS = (
    "pk",
    "needs_labels",
    "pinned_node_id",
    "encoder__node_id",
    "encoder__lease_serial",
    "encoder__lease_fenced",
    "encoder__handover_to_id",
)


def _row(
    found: tuple[UUID, list[str], int | None, int | None, int | None, bool | None, int | None], gone: set[int]
) -> Row:
    station, labels, pinned, node, serial, fenced, handover_to = found
    return Row(
        Needs(station, frozenset(labels), pinned),
        Holding(station, node, serial or 0, bool(fenced), gone=node in gone),
        handover_to,
    )


def _loads() -> dict[int, int]:
    """Return how many stations each machine will hold when all hand-overs are done."""
    staying = Encoder.objects.filter(node__isnull=False, handover_to=None)
    held = dict(staying.values_list("node").annotate(Count("pk")))
    coming = dict(Encoder.objects.exclude(handover_to=None).values_list("handover_to").annotate(Count("pk")))
    return {node: held.get(node, 0) + coming.get(node, 0) for node in held.keys() | coming.keys()}
