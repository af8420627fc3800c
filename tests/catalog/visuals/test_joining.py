"""Where a loop's end meets its beginning: measured at the upload, blended at the compile, left alone where it fits."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from av import VideoFrame

from catalog.visuals import services
from catalog.visuals.inside.joining import SEAMLESS, blended_frames, mixed
from catalog.visuals.models import Loop, Rendition
from catalog.visuals.services import compile_rendition, rendition_path, request_rendition, take_in
from tests.catalog.films import pictures

pytestmark = pytest.mark.django_db
SIZE = (320, 180)


def moving(path, *, frames: int, turns: float, rate: int = 30):
    """A soft light that circles once in 300 frames: ``turns`` of it are in the film, so whole ones join themselves."""
    across, down = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "12"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number in range(frames):
            angle = 2 * np.pi * turns * number / frames
            distance = np.hypot(across - 160 - 100 * np.cos(angle), down - 90 - 60 * np.sin(angle))
            grey = (30 + 200 * np.exp(-((distance / 50) ** 2))).astype(np.uint8)
            frame = VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def compiled(loop: Loop, profile, **fields) -> Rendition:
    for name, value in fields.items():
        setattr(loop, name, value)
    loop.save()
    rendition = compile_rendition(rendition_id=request_rendition(loop=loop, profile=profile).pk)
    assert (rendition.status, rendition.reason) == (Rendition.Status.READY, "")
    return rendition


def greys(rendition: Rendition) -> list[np.ndarray]:
    return [f.to_ndarray(format="gray").astype(np.int16) for f in pictures(rendition_path(rendition))]


def steps(frames: list[np.ndarray]) -> list[float]:
    """How far each picture is from the one before, the first from the last."""
    return [float(np.abs(b - a).mean()) for a, b in pairwise([frames[-1], *frames])]


@pytest.fixture
def cut(tmp_path, places, sent) -> Loop:
    return take_in(path=moving(tmp_path / "cut.mp4", frames=330, turns=0.7), original_name="cut.mp4")


@pytest.fixture
def whole(tmp_path, places, sent) -> Loop:
    return take_in(path=moving(tmp_path / "whole.mp4", frames=330, turns=1), original_name="whole.mp4")


def test_the_upload_says_how_its_end_meets_its_beginning(cut, whole):
    assert whole.join_difference < 1.5 < SEAMLESS * 2 < cut.join_difference


def test_a_hard_cut_is_gone_once_it_is_blended(cut, small):
    bare = steps(greys(compiled(cut, small, blend=Loop.Blend.NEVER)))
    assert bare[0] > 5 * max(bare[1:])
    rendition = compiled(cut, small, blend=Loop.Blend.AUTO)
    found = steps(greys(rendition))
    assert rendition.frames == 330 - 30
    # While it is blended one picture goes and another comes, in a second: that is the most there is, at the join too.
    assert found[0] <= 1.5 * max(found[-29:])
    assert max(found) < bare[0] / 4


def test_a_blend_is_exact_frame_by_frame(cut, small):
    bare, blended = (greys(compiled(cut, small, blend=how)) for how in (Loop.Blend.NEVER, Loop.Blend.ALWAYS))
    assert len(blended) == 300
    for place in (0, 100, 269):
        assert np.abs(blended[place] - bare[place + 30]).mean() < 1.5
    for step in (0, 14, 29):
        part = (step + 1) / 31
        expected = bare[300 + step] * (1 - part) + bare[step] * part
        assert np.abs(blended[270 + step] - expected).mean() < 1.5


def test_a_loop_that_joins_itself_is_left_as_it_is(whole, small):
    # Not byte by byte: with several threads x264 shares the bits out a little differently each time.
    auto, never = (greys(compiled(whole, small, blend=how)) for how in (Loop.Blend.AUTO, Loop.Blend.NEVER))
    assert len(auto) == len(never) == 330
    assert max(np.abs(a - b).mean() for a, b in zip(auto, never, strict=True)) < 1.5


def test_a_short_loop_is_blended_over_a_quarter_and_repeated_blended(tmp_path, places, sent, small):
    loop = take_in(path=moving(tmp_path / "short.mp4", frames=40, turns=0.7), original_name="short.mp4")
    rendition = compiled(loop, small, blend=Loop.Blend.ALWAYS)
    assert rendition.frames == 30 * 9
    found = steps(greys(rendition))
    assert max(found) <= 2.5 * np.median(found)


def test_a_loop_of_ten_seconds_is_not_doubled_for_what_the_blend_took_off(tmp_path, places, sent, small):
    loop = take_in(path=moving(tmp_path / "ten.mp4", frames=300, turns=0.7), original_name="ten.mp4")
    assert compiled(loop, small).frames == 270


def test_a_loop_taken_in_before_is_measured_when_it_is_compiled(cut, whole, small):
    assert compiled(cut, small, join_difference=None).frames == 300
    assert compiled(whole, small, join_difference=None).frames == 330
    cut.refresh_from_db()
    whole.refresh_from_db()
    assert whole.join_difference < 1.5 < SEAMLESS < cut.join_difference


def test_the_choice_makes_another_rendition(cut, small):
    keys = set()
    for choice in Loop.Blend.values:
        cut.blend = choice
        keys.add(services.request_rendition(loop=cut, profile=small).content_key)
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("choice", "difference", "frames", "expected"),
    [
        ("auto", SEAMLESS, 300, 0),
        ("auto", SEAMLESS + 0.1, 300, 30),
        ("never", 50.0, 300, 0),
        ("always", 1.0, 300, 30),
        ("always", 1.0, 60, 15),
        ("always", 1.0, 8, 2),
        ("always", 1.0, 7, 0),
        ("always", 1.0, 1, 0),
    ],
)
def test_a_second_is_blended_or_a_quarter_of_a_short_loop(choice, difference, frames, expected):
    assert blended_frames(choice, difference, frames, 30) == expected


def test_mixing_two_pictures_is_a_weighted_mean():
    one, other = (VideoFrame.from_ndarray(np.full((90, 64), value, np.uint8), format="yuv420p") for value in (40, 200))
    assert abs(int(mixed(one, other, Fraction(1, 4)).to_ndarray()[5, 5]) - 80) <= 1
    assert abs(int(mixed(one, other, Fraction(3, 4)).to_ndarray()[5, 5]) - 160) <= 1
