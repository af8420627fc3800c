"""Each of the 52 controls is held by tests that are there, or says what it waits for; none is passed over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.home import BASE_DIR
from tests.security.controls import CONTROLS, Held, Pending, table

TESTS = BASE_DIR / "tests"
LATER = {16: "articles", 46: "payments", 47: "payments", 51: "assistant"}


def test_there_are_52_and_each_has_its_number():
    assert list(CONTROLS) == list(range(1, 53))


@pytest.mark.parametrize("number", [n for n, control in CONTROLS.items() if isinstance(control, Held)])
def test_a_control_that_is_held_has_a_test_that_says_its_number(number: int):
    control = CONTROLS[number]
    assert isinstance(control, Held)
    texts = [(TESTS / file).read_text(encoding="utf-8") for file in control.files]
    assert all(re.search(r"(?m)^\s*(?:async )?def test_", text) for text in texts)
    own = texts[0]
    head = own.partition("\n")[0]
    assert re.search(rf"\b{number}\b", head) or re.search(rf"test_0?{number}_", own), control.files[0]


def test_what_is_pending_is_what_does_not_exist_yet():
    pending = {number: control.until for number, control in CONTROLS.items() if isinstance(control, Pending)}
    assert set(pending) == set(LATER)
    for number, word in LATER.items():
        assert word in pending[number]
    for room in ("catalog/articles", "catalog/store", "analytics/assistant"):
        assert not (BASE_DIR / room).exists(), f"{room} exists now: its controls are due"


def test_no_test_of_a_control_is_left_out_of_the_table():
    named = {file for control in CONTROLS.values() if isinstance(control, Held) for file in control.files}
    there = {f"security/{file.name}" for file in Path(TESTS / "security").glob("test_[0-9]*.py")}
    assert there <= named, there - named


def test_the_page_shows_this_very_table():
    page = (BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
    assert table() in page, "python -m tests.security.controls writes it"
