"""The picture changes when the sound changes, however the station knows of its tracks."""

from __future__ import annotations

import pytest

from tests.flows import synchrony, synchrony_measured
from tests.flows.house import House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.whole,
    pytest.mark.peers("nginx", "icecast", "liquidsoap"),
    pytest.mark.timeout(600),
]
CHANGES = 8


def test_pictures_change_within_half_a_second_of_their_sound(house: House, icecast, nginx_rtmp, tmp_path):
    found = synchrony.run(house, icecast, nginx_rtmp, tmp_path, changes=CHANGES)
    for measured in found:
        print(measured.line())  # noqa: T201 - a figure to quote
        assert len(measured.changes) >= CHANGES - 2, measured
        assert sum(abs(d) > synchrony_measured.GOAL for d in measured.differences) <= 1, measured.differences
