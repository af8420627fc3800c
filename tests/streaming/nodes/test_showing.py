"""What was to be shown is remembered over links and processes, in order, and forgotten when it is over."""

from __future__ import annotations

from uuid import UUID

from streaming.nodes.showing import GRACE, MOVED, SOON, Show, Showing
from streaming.nodes.timing import Due
from tests.streaming.nodes.stage import SLATE, WANTED

NOW = 1000.0
RUN = UUID(int=1)


def show(name: str, change: int | None = None, due: float | None = None) -> Show:
    """A cue c-<name> with a picture of its name; ``due`` in seconds from now."""
    track = {} if change is None else {"change": change}
    instant = None if due is None else Due(NOW + due)
    return Show({"id": f"c-{name}", "track": track}, {"id": name, "path": f"/{name}"}, instant)


def names(shows: list[Show]) -> list[str]:
    return [one.picture["id"] for one in shows]


def asked(*shows: Show) -> Showing:
    showing = Showing()
    for one in shows:
        showing.ask(one, NOW)
    return showing


def aired(showing: Showing, name: str) -> None:
    showing.aired({"cue": {"id": f"c-{name}", "track": {}}})


def hello(name: str | None) -> dict[str, object]:
    return {"cue": None if name is None else {"id": f"c-{name}", "track": {}}}


def test_nothing_asked_begins_with_the_default_picture():
    assert Showing().picture_for(WANTED) == WANTED.picture
    assert not Showing().missing_from({"cue": None}, NOW)


def test_what_was_asked_is_missing_until_the_encoder_has_it():
    showing = asked(show("a", 1))
    assert names(showing.missing_from(hello(None), NOW)) == ["a"]
    assert names(showing.missing_from(hello("z"), NOW)) == ["a"]
    assert not showing.missing_from(hello("a"), NOW)
    aired(showing, "a")
    assert not showing.missing_from(hello("a"), NOW)
    assert names(showing.missing_from(hello("z"), NOW)) == ["a"]


def test_what_aired_is_what_a_new_process_begins_with():
    showing = asked(show("a", 1))
    aired(showing, "a")
    assert showing.picture_for(WANTED)["id"] == "a"
    assert (showing.cue or {})["id"] == "c-a"


def test_a_track_that_waits_does_not_take_the_place_of_the_one_on_air():
    showing = asked(show("a", 1))
    aired(showing, "a")
    assert names(showing.ask(show("b", 2, due=3), NOW)) == ["b"]
    assert showing.picture_for(WANTED)["id"] == "a"
    showing.begin(NOW + 1)
    assert showing.picture_for(WANTED)["id"] == "a"
    assert names(showing.line) == ["b"]


def test_a_process_that_begins_later_begins_with_what_was_due_meanwhile():
    showing = asked(show("a", 1), show("b", 2, due=3), show("c", 3, due=60))
    showing.begin(NOW + 3 + GRACE)
    assert showing.picture_for(WANTED)["id"] == "b"
    assert names(showing.line) == ["c"]


def test_several_wait_in_the_order_of_their_instants():
    showing = asked(show("b", 2, due=6), show("a", 1, due=3))
    assert names(showing.line) == ["a", "b"]
    aired(showing, "a")
    assert names(showing.line) == ["b"]


def test_a_track_put_before_another_has_that_one_said_again():
    """For the encoder a picture takes the place of all that come at its instant or later."""
    showing = asked(show("b", 2, due=6))
    assert names(showing.ask(show("a", 1, due=3), NOW)) == ["a", "b"]


def test_what_an_operator_shows_airs_at_once_and_the_next_track_still_comes():
    showing = asked(show("a", 1, due=3))
    assert names(showing.ask(show("manual"), NOW)) == ["manual", "a"]
    aired(showing, "manual")
    aired(showing, "a")
    assert showing.picture_for(WANTED)["id"] == "a"
    assert not showing.line


def test_of_two_to_be_shown_at_once_the_newer_counts():
    assert names(asked(show("a", 1), show("b", 2)).line) == ["b"]


def test_a_track_whose_instant_has_only_just_come_survives_what_an_operator_shows():
    showing = asked(show("a", 1, due=-0.1))
    assert names(showing.ask(show("manual"), NOW)) == ["manual", "a"]


def test_a_better_picture_of_a_track_that_waits_keeps_its_instant():
    showing = asked(show("plain", 1, due=3))
    (said,) = showing.ask(show("titled", 1), NOW)
    assert (said.picture["id"], said.due) == ("titled", Due(NOW + 3))
    assert names(showing.line) == ["titled"]


def test_a_better_picture_of_the_track_on_air_is_shown_at_once():
    showing = asked(show("plain", 1))
    aired(showing, "plain")
    assert names(showing.ask(show("titled", 1), NOW)) == ["titled"]


def test_a_better_picture_of_a_track_that_is_nearly_over_is_not_shown_any_more():
    showing = asked(show("plain", 1), show("next", 2, due=SOON - 0.1))
    aired(showing, "plain")
    assert showing.ask(show("titled", 1), NOW) == []
    assert names(showing.line) == ["next"]


def test_a_title_moves_the_instant_and_what_comes_after_is_said_again():
    showing = asked(show("a", 1, due=3), show("b", 2, due=6))
    said = showing.retime({1: Due(NOW + 2.5, 77.0, RUN), 2: Due(NOW + 6)}, NOW)
    assert names(said) == ["a", "b"]
    assert said[0].due == Due(NOW + 2.5, 77.0, RUN)


def test_instants_that_hardly_move_are_not_said_again():
    showing = asked(show("a", 1, due=3))
    assert showing.retime({1: Due(NOW + 3 + MOVED / 2)}, NOW) == []
    assert showing.retime({9: Due(NOW + 4)}, NOW) == []
    assert showing.retime({1: Due(NOW + 3, 50.0, RUN)}, NOW) != []


def test_a_refused_picture_becomes_the_slate_once():
    showing = asked(show("a", 1))
    refused = showing.refused({"to": "show:c-a"})
    assert refused is not None
    given = showing.give_slate(refused, SLATE)
    assert given.picture == SLATE
    aired(showing, "a")
    assert showing.picture_for(WANTED) == SLATE


def test_a_refused_picture_on_air_gives_way_to_the_slate_in_new_processes_too():
    showing = asked(show("a", 1))
    aired(showing, "a")
    refused = showing.refused({"to": "show:c-a"})
    assert refused is not None
    showing.give_slate(refused, SLATE)
    assert showing.refused({"to": "show:c-a"}) is None
    assert showing.picture_for(WANTED) == SLATE


def test_the_refusal_of_something_else_changes_nothing():
    showing = asked(show("a", 1))
    assert showing.refused({"to": "show:c-z"}) is None
    assert showing.refused({"to": "outputs"}) is None


def test_a_playlist_that_moves_on_ends_what_an_operator_showed():
    showing = asked(show("manual"))
    aired(showing, "manual")
    showing.aired({"cue": {"id": None, "track": {"entry": "7"}}})
    assert (showing.entry, showing.cue, showing.picture_for(WANTED)) == ("7", None, WANTED.picture)


def test_a_station_that_goes_off_air_begins_anew():
    showing = asked(show("a", 1), show("b", 2, due=3))
    showing.forget()
    assert (showing.cue, showing.line, showing.picture_for(WANTED)) == (None, [], WANTED.picture)
