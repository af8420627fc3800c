"""Hands an operator's wish to connect anew on to the one who has the encoder, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.outputs.models import Destination
from streaming.outputs.orders import BACKUP_SUFFIX

if TYPE_CHECKING:
    from streaming.stations.models import Station


def claim_renewals(*, station: Station) -> list[str]:
    """Return the outputs to be connected anew now; what is returned here is returned to nobody else."""
    outputs: list[str] = []
    for row in Destination.objects.filter(station=station, renew_wanted_at__isnull=False):
        asked = Destination.objects.filter(pk=row.pk, renew_wanted_at=row.renew_wanted_at)
        if not asked.update(renew_wanted_at=None) or not row.enabled:
            continue
        outputs.append(str(row.pk))
        if row.backup == Destination.Backup.BOTH:
            outputs.append(f"{row.pk}{BACKUP_SUFFIX}")
    return outputs
