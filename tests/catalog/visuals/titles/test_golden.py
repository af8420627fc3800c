"""Titles look as they did when somebody looked at them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from catalog.visuals.titles.drawing import TEMPLATES
from tests.catalog.visuals.titles import golden


@pytest.mark.parametrize(("template", "theme", "line"), golden.CASES)
def test_a_title_looks_as_it_did(template, theme, line):
    kept = Image.open(golden.path_of(template, theme, line))
    assert golden.is_close(golden.case(template, theme, line), kept), golden.differences(
        golden.case(template, theme, line),
        kept,
    )


@pytest.mark.parametrize("theme", golden.THEMES)
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("latin", "Feeling Gold"),
        ("arabic", "نسّم علينا الهدى"),
        ("cjk", "初恋 青花磁 밤편지"),
        ("emoji", "Rain on glass ☀️ 👨‍👩‍👧 🇮🇩"),
    ],
)
def test_one_changed_letter_is_seen(template, theme, line, other):
    kept = Image.open(golden.path_of(template, theme, line))
    words = replace(golden.LINES[line], title=other)
    assert not golden.is_close(golden.composed(template, theme, words, golden.position_of(line)), kept)


def test_every_golden_picture_belongs_to_a_case():
    assert {path.name for path in golden.FOLDER.iterdir()} == {golden.path_of(*case).name for case in golden.CASES}
