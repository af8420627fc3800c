"""Control 12: no text of anybody reaches a filter: titles are drawn as pictures, and laid over as pictures."""

from __future__ import annotations

import ast
import json

import pytest

from catalog.media import sandbox
from catalog.media.errors import ChildBrokenError
from catalog.visuals.services import compile_rendition, request_rendition, take_in
from catalog.visuals.titles.cards import card
from catalog.visuals.titles.design import Design
from catalog.visuals.titles.words import Words
from tests.catalog.conftest import sent, small
from tests.catalog.films import film
from tests.security.reading import imported, modules

__all__ = ["sent", "small"]
TITLES = ["%{pts}", "':x=0", r"\\n", "a,b;[c]=d@e", "drawtext=textfile=/etc/passwd", "x" * 4096, "%{expr:1/0}"]
DRAWING = ("drawtext", "textfile", "subtitles", "ass=")


def test_no_filter_of_ours_draws_text():
    for path, tree in modules("catalog", "streaming"):
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert [text for text in texts if text in DRAWING or text.startswith(("drawtext=", "subtitles="))] == [], path


def test_filters_are_made_only_where_no_text_comes():
    """Four jobs that are told numbers alone, and the measuring of loudness."""
    made = {str(path) for path, tree in modules() if "av.filter.Graph" in imported(tree)}
    assert made == {
        "catalog/visuals/inside/carding.py",
        "catalog/visuals/inside/fitting.py",
        "catalog/visuals/inside/joining.py",
        "catalog/visuals/inside/seam.py",
        "streaming/playout/loudness.py",
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("places", "sent")
@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_drawn_as_it_stands_and_the_compiler_hears_nothing_of_it(tmp_path, small, monkeypatch, title):
    ordered = []

    def listen(module, order, **_):
        ordered.append(json.dumps(order))
        raise ChildBrokenError("Only the order was of interest.")

    loop = take_in(path=film(tmp_path / "a.mp4", frames=10, size=(64, 36)), original_name="a.mp4")
    drawn = card(design=Design(), words=Words("Ana", title, "Night FM"), size=(small.width, small.height))
    monkeypatch.setattr(sandbox, "run", listen)

    compile_rendition(rendition_id=request_rendition(loop=loop, profile=small, card=drawn).pk)

    assert drawn.title == title[:240]
    (order,) = ordered
    assert set(json.loads(order)) == {"profile", "expected_frames", "blend", "join_difference", "card"}
    assert title[:12] not in order
    assert all(isinstance(number, int) for number in json.loads(order)["card"])
