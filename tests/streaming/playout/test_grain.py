"""How finely titles can stand in a radio's sound."""

from __future__ import annotations

import pytest

from streaming.playout.sources.radio import grain_of


@pytest.mark.parametrize(
    ("headers", "grain"),
    [
        ({"icy-metaint": "16000", "icy-br": "192"}, 16000 / 24000),
        ({"icy-metaint": "8192", "icy-br": "64, 64"}, 8192 / 8000),
        ({"icy-metaint": "16000"}, None),
        ({"icy-br": "128"}, None),
        ({"icy-metaint": "16000", "icy-br": "0"}, None),
        ({"icy-metaint": "x", "icy-br": "Quality 4"}, None),
    ],
)
def test_the_grain_is_known_where_the_radio_tells_interval_and_bit_rate(headers, grain):
    assert grain_of(headers) == grain
