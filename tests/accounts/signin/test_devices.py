"""A browser's word for itself in words that people know."""

from __future__ import annotations

import time

import pytest

from accounts.signin.devices import UNKNOWN, device


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        ("curl/8.5.0", "curl"),
        ("", UNKNOWN),
        ("<script>alert(1)</script>", UNKNOWN),
    ],
)
def test_it_is_browser_and_system(agent: str, told: str) -> None:
    assert device(agent) == told


def test_a_megabyte_of_it_is_not_read() -> None:
    device("warm")
    began = time.monotonic()
    device("Mozilla/5.0 (" + "a" * 1_000_000)
    assert time.monotonic() - began < 1
