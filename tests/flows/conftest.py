"""A running installation, once for these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.config.holder import a_home
from tests.flows.house import House
from tests.plugins.daemon import free_port


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    """`up`, ready; stopped at the end."""
    with a_home() as holder:
        house = House(holder.places, free_port())
        house.start()
        yield house
        house.process.terminate()
        house.process.wait(15)
