"""One installation with three stations on air for all of these tests; they have the machine to themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.config.holder import a_home
from tests.fakes.ingest import FakeIngest
from tests.faults.house.air import Air
from tests.flows.house import House
from tests.plugins.daemon import free_port


@pytest.fixture(scope="package")
def air(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Air]:
    """A running installation with stations ``alpha``, ``beta`` and ``gamma`` on air."""
    with a_home() as holder, FakeIngest() as ingest:
        house = House(holder.places, free_port())
        try:
            house.start()
            town = Air(house, ingest, tmp_path_factory.mktemp("air"))
            for slug in ("alpha", "beta", "gamma"):
                town.add(slug)
            yield town
        finally:
            house.process.terminate()
            house.process.wait(20)
