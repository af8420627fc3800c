"""Wakes the nodes through PostgreSQL's NOTIFY: sent with the transaction, so never for something rolled back.

A lost notification costs a little time and nothing else: nodes also look at the tables every few seconds.
"""

from __future__ import annotations

import json
from typing import Literal

from django.db import connection

CHANNEL = "longwave_node"
What = Literal["change", "cue", "control"]


def notify(*, station: str, what: What) -> None:
    """Say that something about the station (its id as text) waits in the database.

    ``change``: a new row of track_change; ``cue``: a cue to send; ``control``: wanted state, source,
    destinations, playlist or loops of the station changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"station": station, "what": what})])
