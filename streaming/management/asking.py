"""What our commands share: finding a station by its slug, and errors as one sentence with an exit code.

Exit codes: 0 done, 1 refused (the sentence on standard error says why), 2 the command line is wrong,
3 not on air (``station status``), 4 no such station.
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any, ParamSpec

from django.core.management.base import CommandError, OutputWrapper

from config.lib.problem import LongwaveError
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
REFUSED, NOT_ON_AIR, NO_STATION = 1, 3, 4


def station_named(slug: str) -> Station:
    """Return the station, or end the command with exit code 4 and the slugs there are."""
    found = Station.objects.select_related("encoder", "profile").filter(slug=slug).first()
    if found is None:
        known = ", ".join(Station.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
        raise CommandError(f"There is no station {slug!r}. Stations: {known}.", returncode=NO_STATION)
    return found


def refusals_as_sentences(command: Callable[P, None]) -> Callable[P, None]:
    """Turn our own errors into the command's: the sentence, and exit code 1."""

    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except LongwaveError as error:
            raise CommandError(str(error), returncode=REFUSED) from error

    return call


def write_json(out: OutputWrapper, value: Any) -> None:
    """Write one JSON document."""
    out.write(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def write_table(out: OutputWrapper, rows: list[tuple[str, str]]) -> None:
    """Write name and value in two columns."""
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        out.write(f"{name:<{width}}  {value}")
