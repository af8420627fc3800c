"""The demo station's content."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

import numpy as np
import pytest
from av import VideoFrame

from catalog.music.demo import ARTIST, demo_tracks, encode
from catalog.music.services import take_in_track
from catalog.music.synth.pieces import PIECES
from catalog.music.synth.sound import PEAK, RATE
from catalog.visuals import demo
from catalog.visuals.scenes import aurora, night_dial, sine_field
from catalog.visuals.scenes.light import Scene

pytestmark = pytest.mark.usefixtures("places")


@pytest.mark.parametrize("prepared", [aurora._prepared, night_dial._prepared], ids=["aurora", "night dial"])
def test_a_scene_ends_where_it_begins_and_moves_between(prepared):
    moment = prepared()
    first = moment(0.0).copy()
    assert np.allclose(first, moment(1.0), atol=2e-2)
    assert np.abs(first - moment(0.4)).max() > 0.3


def test_the_field_ends_where_it_begins_and_moves_between():
    field = sine_field.Field()
    assert np.allclose(field.heights(0.0), field.heights(1.0), atol=1e-2)
    assert np.abs(field.heights(0.0) - field.heights(0.4)).max() > 20


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.key)
def test_a_piece_is_loud_enough_never_clips_and_fades(piece):
    sound = piece.play()
    assert sound.shape == (40 * RATE, 2)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() == pytest.approx(PEAK, abs=1e-3)
    assert np.sqrt(np.mean(sound**2)) > 0.08
    assert np.abs(sound[:100]).max() < 0.01
    assert np.abs(sound[-100:]).max() < 0.01


@pytest.mark.django_db
@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.key)
def test_a_piece_becomes_a_track_like_any_upload(tmp_path, piece):
    path = tmp_path / f"a.{piece.ending}"
    tone = np.sin(np.arange(RATE * 2) * 0.05)[:, None].repeat(2, axis=1).astype(np.float32) * np.float32(0.5)
    encode(piece, tone, path)
    track = take_in_track(path=path, original_name=path.name, builtin=piece.key)
    assert (track.artist, track.title) == (ARTIST, piece.title)
    assert track.duration_ms == pytest.approx(2000, abs=60)


def first_frames(scene: Scene) -> Iterator[VideoFrame]:
    return islice(scene.frames(), 3)


@pytest.mark.whole
@pytest.mark.django_db(transaction=True)
def test_content_is_made_once_and_found_again(monkeypatch, places):
    short = tuple(Scene(s.key, s.name, partial(first_frames, s)) for s in demo.SCENES)
    monkeypatch.setattr(demo, "SCENES", short)
    said: list[str] = []
    tracks, loops = demo.make_demo_content(said.append)
    assert [track.title for track in tracks] == ["Slow Light", "Amber Lines", "After Midnight"]
    assert [loop.builtin for loop in loops] == ["demo-aurora", "demo-sine-field", "demo-night-dial"]
    assert len(said) == 6
    said.clear()
    assert demo.make_demo_content(said.append) == (tracks, loops)
    assert said == []
    (places.media / tracks[1].file.name).unlink()
    restored = demo_tracks(said.append)
    assert (places.media / restored[1].file.name).exists()
    assert said == ["Playing “Amber Lines”"]
