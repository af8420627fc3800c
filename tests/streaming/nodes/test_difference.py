"""Only what changed is said to a running encoder."""

from __future__ import annotations

from dataclasses import replace

from streaming.nodes import difference
from streaming.nodes.difference import Wanted

VIDEO = {"width": 1280, "height": 720, "frame_rate": 30}
D1 = {"id": "d1", "kind": "rtmp", "url": "rtmp://a/b", "key": "k"}
RADIO = {"kind": "radio", "url": "http://radio/live", "titles": False}
WANTED = Wanted(
    station="night-fm",
    video=VIDEO,
    audio={"sample_rate": 48000, "channels": 2, "bitrate": 160000},
    source=RADIO,
    outputs=(D1,),
    picture={"id": "p", "path": "/p"},
    slate={"id": "s", "path": "/s"},
)


def playlist(*ids: str, shuffle: bool = False) -> Wanted:
    return replace(WANTED, source={"kind": "playlist", "entries": [{"id": i} for i in ids], "shuffle": shuffle})


def said(running: Wanted | None, wanted: Wanted) -> list[str]:
    return [command["do"] for command in difference.commands(running, wanted)]


def test_nothing_changed_says_nothing():
    assert said(WANTED, replace(WANTED)) == []


def test_a_new_destination_touches_the_outputs_only():
    assert said(WANTED, replace(WANTED, outputs=(D1, {"id": "d2"}))) == ["outputs"]


def test_a_new_source_touches_the_source_only():
    assert said(WANTED, replace(WANTED, source={"kind": "silence"})) == ["source"]


def test_the_picture_to_begin_with_is_no_difference():
    assert said(WANTED, replace(WANTED, picture={"id": "q", "path": "/q"})) == []


def test_an_encoder_nobody_knows_is_told_everything():
    assert said(None, WANTED) == list(difference.PARTS)


def test_another_transition_is_said_on_air():
    assert said(WANTED, replace(WANTED, transition={"kind": "wipe", "ms": 500})) == ["transition"]


def test_size_needs_a_restart_and_a_name_does_not():
    assert difference.needs_restart(WANTED, replace(WANTED, video={**VIDEO, "height": 1080}))
    assert not difference.needs_restart(WANTED, replace(WANTED, station="day-fm"))


def test_what_was_told_keeps_the_format_it_was_started_with():
    other = replace(WANTED, video={**VIDEO, "height": 1080}, outputs=())
    told = difference.as_told(WANTED, other)
    assert (told.video, told.outputs) == (VIDEO, ())


def test_a_restarted_playlist_goes_on_after_the_track_that_was_on():
    after = difference.going_on_after(playlist("a", "b", "c"), "a")
    assert [e["id"] for e in after.source["entries"]] == ["b", "c", "a"]


def test_a_playlist_without_that_track_or_shuffled_begins_as_it_is():
    assert difference.going_on_after(playlist("a", "b"), "gone") == playlist("a", "b")
    assert difference.going_on_after(playlist("a", "b", shuffle=True), "a") == playlist("a", "b", shuffle=True)
    assert difference.going_on_after(WANTED, "a") == WANTED
