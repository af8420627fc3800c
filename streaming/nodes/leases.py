"""Who runs which station: a node holds a lease on each of its stations, taken by a conditional UPDATE.

All times are the database's, so the clocks of two machines need not agree. A lease of another node may be taken

* at once, when it let go of it, or when it lapsed and the encoder is not believed on air;
* when it lapsed ``GRACE`` ago, whatever is believed: the machine is taken for dead;
* never on that ground while the database itself has only just started: nobody could renew anything then.

The limit accepted: a machine that is alive but cut off from the database for longer than that goes on sending
(an encoder on air is never stopped for want of a database) while another one takes its station over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from streaming.nodes.models import Encoder, Node

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

LEASE = timedelta(seconds=15)
GRACE = timedelta(seconds=45)
AWAY = timedelta(minutes=10)
DATABASE_WARM_SECONDS = 30
ON_AIR = (Encoder.State.SPAWNING, Encoder.State.RUNNING)


def take(*, station: UUID, node: Node) -> bool:
    """Take or renew the lease on a station; ``False``: another node has it."""
    return bool(holdable(station=station, node=node).update(node=node, lease_until=Now() + LEASE))


def holdable(*, station: UUID, node: Node) -> QuerySet[Encoder]:
    """Return the encoder's row if this node holds it or may take it, for a conditional UPDATE."""
    mine = Q(node=node) | Q(node=None) | Q(lease_until=None)
    if database_is_warm():
        lapsed = Q(lease_until__lt=Now()) & ~Q(state__in=ON_AIR)
        mine |= lapsed | Q(lease_until__lt=Now() - GRACE)
    return Encoder.objects.filter(mine, station=station)


def release(*, station: UUID, node: Node) -> None:
    """Let go of a station, so that any node may take it at once."""
    Encoder.objects.filter(station=station, node=node).update(node=None, lease_until=None)


def hold_while_away(*, station: UUID, node: Node) -> None:
    """Keep a station for ten minutes: its encoder stays on air here while the node is being replaced."""
    Encoder.objects.filter(station=station, node=node).update(lease_until=Now() + AWAY)


def database_is_warm() -> bool:
    """Tell whether the server has been up for half a minute, so that lapsed leases mean something."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT now() - pg_postmaster_start_time() > make_interval(secs => %s)",
            [DATABASE_WARM_SECONDS],
        )
        return bool(cursor.fetchone()[0])
