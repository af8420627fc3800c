"""Who runs which station: a node holds a lease on each of its stations, and every change of hands is one UPDATE.

``lease_serial`` grows with each renewal and each change of hands. Whoever takes a station from another node names the
very holder and serial it has seen (streaming/nodes/observing.py), so of two takers, or of a taker and a holder that is
back, the database lets one through. ``lease_until`` is for people to read; nothing is decided by it, nor by any other
clock that can be set.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from streaming.nodes.models import Encoder, Node

if TYPE_CHECKING:
    from uuid import UUID

    from streaming.nodes.observing import Holding

SHOWN = timedelta(seconds=15)
"""How long a lease is shown to last after each renewal."""

DATABASE_WARM_SECONDS = 30
ON_AIR = (Encoder.State.SPAWNING, Encoder.State.RUNNING)


def take(*, holding: Holding, node: int, fenced: bool) -> bool:
    """Take a station as it was seen; ``False``: it is not like that any more, somebody else was faster.

    ``fenced``: the encoder to be started will begin with a deadline. Whether what was seen may be taken at all is
    decided before (``Observed.may_be_taken``); of the holder's lease only the very serial counts. A row that somebody
    has locked is not waited for: it is there to be taken at the next look.
    """
    seen = Encoder.objects.filter(station=holding.station, node=holding.node, lease_serial=holding.serial)
    if holding.node not in {None, node}:
        gone = Node.objects.filter(pk=holding.node, gone_at__isnull=False)
        seen = seen.filter(Q(lease_fenced=True) if not holding.gone else Q(node__in=gone.values("pk")))
    with transaction.atomic():
        free = seen.select_for_update(skip_locked=True).values_list("pk", flat=True)
        return bool(list(free) and seen.update(**_changed_hands(node), lease_fenced=fenced))


def claim(*, station: UUID, node: Node) -> bool:
    """Take a station that nobody holds for an encoder found on air here; unfenced until it has heard a deadline."""
    return bool(
        Encoder.objects.filter(station=station, node=None).update(**_changed_hands(node.pk), lease_fenced=False)
    )


def release(*, station: UUID, node: Node) -> None:
    """Let go of a station whose encoder has ended, so that any node may take it at once."""
    Encoder.objects.filter(station=station, node=node).update(**_changed_hands(None), lease_fenced=False)


def hand(*, station: UUID, node: Node, to: int) -> bool:
    """Give a station whose encoder has ended to the node whose encoder waits for it; ``False``: that has changed."""
    mine = Encoder.objects.filter(station=station, node=node, handover_to=to, handover_ready=True)
    # What waits has a deadline long past: it is fenced until its node gives it a later one.
    return bool(mine.update(**_changed_hands(to), lease_fenced=True))


def is_held(*, station: UUID, node: Node) -> bool:
    """Tell whether the node still has the station."""
    return Encoder.objects.filter(station=station, node=node).exists()


def several_nodes() -> bool:
    """Tell whether anybody else is registered who could take a station."""
    return Node.objects.filter(gone_at=None).count() > 1


def database_is_warm() -> bool:
    """Tell whether the server has been up for half a minute, so that what is shown as lapsed means something."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT now() - pg_postmaster_start_time() > make_interval(secs => %s)",
            [DATABASE_WARM_SECONDS],
        )
        return bool(cursor.fetchone()[0])


def database_life() -> str:
    """Return what names this life of the database server: after a restart or a failover it is another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()::text")
        return str(cursor.fetchone()[0])


def _changed_hands(node: int | None) -> dict[str, object]:
    return {
        "node": node,
        "lease_serial": F("lease_serial") + 1,
        "lease_until": None if node is None else Now() + SHOWN,
        "handover_to": None,
        "handover_ready": False,
    }
