"""Picture against sound over many track changes, three ways, beside changing the picture when the webhook arrives.

    .venv/bin/python -m tests.benchmarks.sync [--changes 50] [--details]

A Liquidsoap plays tones of some seconds into an Icecast; a whole installation (`up`) sends three stations to an
nginx-rtmp, which records them. In the recordings the tone says when the sound changed, the colour when the picture
did. Takes about seven seconds a change.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.config.holder import a_home
from tests.flows.house import House
from tests.flows.synchrony import run
from tests.flows.synchrony_measured import GOAL, Measured
from tests.plugins.daemon import free_port
from tests.plugins.icecast import running_icecast
from tests.plugins.nginx_rtmp import running_nginx
from tests.plugins.peers import missing, open_folder

WAYS = {
    "titles": "a radio whose titles are in the sound",
    "both": "AzuraCast's webhook, titles in the sound",
    "words": "AzuraCast's webhook, no titles: measured delay",
}


def main() -> None:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=50, help="how many tracks begin (50)")
    parser.add_argument("--details", action="store_true", help="print every difference, as JSON")
    arguments = parser.parse_args()
    if lacking := [reason for name in ("nginx", "icecast", "liquidsoap") if (reason := missing(name))]:
        sys.exit("; ".join(lacking))
    with a_home() as holder, open_folder() as radio, open_folder() as relay, tempfile.TemporaryDirectory() as name:
        house = House(holder.places, free_port())
        house.start()
        try:
            with running_icecast(radio) as icecast, running_nginx(relay) as nginx:
                found = run(house, icecast, nginx, Path(name), changes=arguments.changes)
        finally:
            house.process.terminate()
            house.process.wait(20)
    for measured in found:
        _print(measured)
        if arguments.details:
            print(json.dumps([vars(change) | {"difference": change.difference} for change in measured.changes]))


def _print(measured: Measured) -> None:
    print(f"{WAYS[measured.name]}\n  {measured.line()}")
    if measured.at_arrival:
        arrivals = sorted(measured.at_arrival)
        share = sum(abs(d) <= GOAL for d in arrivals) / len(arrivals)
        print(
            f"  picture at the webhook's arrival instead: within {GOAL} s: {100 * share:.1f} %  "
            f"median {median(arrivals):+.3f} s  from {arrivals[0]:+.3f} to {arrivals[-1]:+.3f} s",
        )


if __name__ == "__main__":
    main()
