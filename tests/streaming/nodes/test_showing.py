"""What was to be shown is remembered over links and processes, and forgotten when it is over."""

from __future__ import annotations

from streaming.nodes.showing import Showing
from tests.streaming.nodes.stage import SLATE, WANTED

CUE = {"id": "c1", "track": {}}
BLUE = {"id": "blue", "path": "/blue"}


def asked() -> Showing:
    showing = Showing()
    showing.ask(CUE, BLUE)
    return showing


def test_nothing_asked_begins_with_the_default_picture():
    assert Showing().picture_for(WANTED) == WANTED.picture
    assert not Showing().missing_from({"cue": None})


def test_what_was_asked_is_missing_until_the_encoder_has_it():
    assert asked().missing_from({"cue": None})
    assert asked().missing_from({"cue": {"id": "c0"}})
    assert not asked().missing_from({"cue": {"id": "c1"}})
    assert asked().picture_for(WANTED) == BLUE


def test_a_refused_picture_becomes_the_slate_once():
    showing = asked()
    assert showing.refused({"to": "show:c1"})
    assert not showing.refused({"to": "show:c1"})
    assert showing.picture_for(WANTED) == SLATE
    showing.ask(CUE, BLUE)
    assert showing.picture_for(WANTED) == BLUE


def test_the_refusal_of_something_else_changes_nothing():
    showing = asked()
    assert not showing.refused({"to": "show:c0"})
    assert not showing.refused({"to": "outputs"})
    assert showing.picture_for(WANTED) == BLUE


def test_a_playlist_that_moves_on_ends_what_an_operator_showed():
    showing = asked()
    showing.aired({"cue": {"id": None, "track": {"entry": "7"}}})
    assert (showing.entry, showing.cue, showing.picture_for(WANTED)) == ("7", None, WANTED.picture)


def test_the_airing_of_a_cue_keeps_it():
    showing = asked()
    showing.aired({"cue": CUE})
    assert showing.cue == CUE
