"""Control 14: data reaches scripts as JSON in a data block, and the page as text; no page runs what a person typed."""

from __future__ import annotations

import ast
import re

import pytest

from config.home import BASE_DIR
from tests.security.reading import calls, modules

TEMPLATES = sorted((BASE_DIR / "templates").rglob("*.html"))
SCRIPTS = sorted(file for file in (BASE_DIR / "static").rglob("*.js") if "vendor" not in file.parts)
# Of other packages, with one line changed; what they say is not a person's.
TAKEN_OVER = {"unfold", "drf_spectacular", "djcelery"}
INTO_HTML = re.compile(
    r"\.(?:innerHTML|outerHTML)\s*\+?=(?!=)|insertAdjacentHTML|document\.write|createContextualFragment"
    r"|new Function|\beval\("
)
OURS = [file for file in TEMPLATES if not (TAKEN_OVER | {"mail"}) & set(file.parts)]
"""Mails are no pages: their readers know no style sheets, and run no scripts."""


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_no_script_makes_html_of_data(file):
    assert not INTO_HTML.search(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", OURS, ids=lambda file: str(file.relative_to(BASE_DIR / "templates")))
def test_no_template_of_ours_has_code_in_it_or_trusts_text(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape off|\|safeseq", text)
    assert not re.search(r"\son(?!ly=)[a-z]+\s*=|\sstyle\s*=|javascript:", re.sub(r"{#.*?#}", "", text))
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "src=" in attributes, body
    assert "<style" not in text


def test_code_of_ours_declares_no_text_to_be_safe_but_what_stands_there():
    for path, tree in modules():
        for name, call in calls(tree):
            if name.rpartition(".")[2] in {"mark_safe", "SafeString"}:
                assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}"
