"""What a rendition must be: every frame once, one behind the other, the same headers, nothing distorted."""

from __future__ import annotations

import math
from fractions import Fraction

import av
import pytest

from catalog.visuals.inside.encoder import Profile
from catalog.visuals.inside.verify import verify
from catalog.visuals.models import Loop, Rendition
from catalog.visuals.services import compile_rendition, rendition_path, request_rendition, take_in
from tests.catalog.films import film, number_of, numbers, pictures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "sent")]


def compiled(path, profile) -> Rendition:
    """Take a film in and compile it as it is: these jump from picture to picture, and nobody would call them loops."""
    loop = take_in(path=path, original_name=path.name)
    loop.blend = Loop.Blend.NEVER
    loop.save()
    rendition = compile_rendition(rendition_id=request_rendition(loop=loop, profile=profile).pk)
    assert (rendition.status, rendition.reason) == (Rendition.Status.READY, "")
    return rendition


def packets(path, rate=30):
    """Decode time, showing time (in frames) and keyframe flag of each packet, as playout reads them."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            if packet.pts is not None:
                step = Fraction(stream.time_base or 0) * rate
                yield (packet.dts or 0) * step, packet.pts * step, packet.is_keyframe


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.mp4", {}),
        ("a.mkv", {}),
        ("a.webm", {"codec": "libvpx-vp9"}),
        ("a.mp4", {"codec": "libx265"}),
        ("a.mp4", {"codec": "libsvtav1"}),
        ("a.mp4", {"options": {"bf": "3"}, "sound": True}),
    ],
    ids=["mp4", "mkv", "vp9", "hevc", "av1", "with b-frames and sound"],
)
def test_a_loop_at_the_profiles_rate_keeps_every_frame_once(tmp_path, small, name, how):
    rendition = compiled(film(tmp_path / name, frames=300, **how), small)
    assert rendition.frames == 300
    assert numbers(rendition_path(rendition)) == list(range(300))


@pytest.mark.parametrize("frames", [33, 1, 47, 299])
def test_a_short_loop_is_repeated_whole_until_ten_seconds(tmp_path, small, frames):
    rendition = compiled(film(tmp_path / "a.mkv", frames=frames), small)
    times = math.ceil(300 / frames)
    assert rendition.frames == frames * times
    assert numbers(rendition_path(rendition)) == list(range(frames)) * times


@pytest.mark.parametrize(
    ("rate", "frames", "expected"),
    [(24, 240, 300), (25, 250, 300), (50, 500, 300), (60, 600, 300), (Fraction(30000, 1001), 300, 300), (12, 121, 303)],
    ids=["24", "25", "50", "60", "29.97", "12"],
)
def test_any_rate_becomes_the_profiles_and_lasts_as_long(tmp_path, small, rate, frames, expected):
    rendition = compiled(film(tmp_path / "a.mp4", rate=rate, frames=frames, size=(160, 90)), small)
    assert rendition.frames == expected
    seen = numbers(rendition_path(rendition))
    step = float(rate) / 30
    # Each frame shows what the film showed at that moment, to the nearest picture; the first and the last are there.
    assert all(abs(shown - at * step) <= max(1, step) for at, shown in enumerate(seen))
    assert seen[0] == 0
    assert seen[-1] >= frames - math.ceil(step) - 1


def test_a_variable_rate_is_played_as_it_was_timed(tmp_path, small):
    times = [0, 100, 1000, 4000, 4033, 10400]
    rendition = compiled(film(tmp_path / "a.mkv", frames=6, times=times), small)
    seen = numbers(rendition_path(rendition))
    starts = [seen.index(number) for number in range(6)]
    assert starts == [round(ms * 30 / 1000) for ms in times]
    assert seen == sorted(seen)


def test_packets_are_what_playout_copies(tmp_path, small):
    rendition = compiled(film(tmp_path / "a.mp4", frames=310), small)
    found = list(packets(rendition_path(rendition)))
    assert sorted(shown for _, shown, _ in found) == list(range(310))
    decoded = [at for at, _, _ in found]
    assert decoded == [decoded[0] + number for number in range(310)]
    assert -2 <= decoded[0] <= 0
    assert [shown for _, shown, key in found if key] == [0, 60, 120, 180, 240, 300]
    # Closed: at a keyframe everything before it in decode order is shown before it.
    for place, (_, shown, key) in enumerate(found):
        assert not key or place == shown
    with av.open(str(rendition_path(rendition))) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert container.streams.video[0].codec_context.profile == "High"


def test_two_renditions_joined_by_copying_decode_without_an_error(tmp_path, small):
    first = compiled(film(tmp_path / "a.mp4", frames=300), small)
    second = compiled(film(tmp_path / "b.webm", frames=330, codec="libvpx-vp9", size=(200, 200)), small)
    joined = tmp_path / "joined.mp4"
    with av.open(str(joined), "w") as out:
        base, track = 0, None
        for path in (rendition_path(first), rendition_path(second), rendition_path(first)):
            with av.open(str(path)) as source:
                stream = source.streams.video[0]
                track = track or out.add_stream_from_template(stream)
                count = 0
                for packet in source.demux(stream):
                    if packet.pts is None or packet.dts is None:
                        continue
                    step = Fraction(stream.time_base or 0) * 30
                    packet.pts, packet.dts = int(packet.pts * step) + base, int(packet.dts * step) + base
                    packet.time_base, packet.stream = Fraction(1, 30), track
                    out.mux(packet)
                    count += 1
                base += count
    shown = [number_of(frame) for frame in pictures(joined)]
    assert shown[:300] == shown[-300:] == list(range(300))
    assert len(shown) == 930


def test_headers_are_equal_whatever_the_source_was(tmp_path, small):
    sources = [
        film(tmp_path / "a.mp4", frames=30),
        film(tmp_path / "b.webm", frames=30, codec="libvpx-vp9", size=(640, 360)),
        film(tmp_path / "c.mkv", frames=7, codec="libx265", pixels="yuv420p10le"),
        film(tmp_path / "d.mp4", frames=30, size=(181, 321), pixels="yuv444p"),
        film(tmp_path / "e.mov", frames=25, rate=25, rotation=90),
        film(tmp_path / "f.mp4", frames=60, rate=60, codec="libsvtav1"),
        film(tmp_path / "g.mp4", frames=30, size=(240, 180), aspect=Fraction(4, 3)),
    ]
    records = set()
    for source in sources:
        path = rendition_path(compiled(source, small))
        with path.open("rb") as file:
            small.refresh_from_db()
            records.add(
                verify(file.fileno(), Profile(320, 180, 30, 400, 60, "3.1"), 300 if source.stem != "c" else 301)
            )
    assert len(records) == 1
    assert records == {bytes(small.extradata)}


SQUARE = (70, 0, 180, 180)


@pytest.mark.parametrize(
    ("how", "box"),
    [
        ({"size": (200, 200)}, SQUARE),
        ({"size": (100, 200), "aspect": Fraction(2, 1)}, SQUARE),
        ({"size": (400, 100)}, (0, 50, 320, 80)),
        ({"size": (101, 201), "pixels": "yuv444p"}, (116, 0, 90, 180)),
        ({"size": (240, 180), "aspect": Fraction(4, 3)}, (0, 0, 320, 180)),
    ],
    ids=["square", "square of wide pixels", "wide", "tall and odd", "anamorphic"],
)
def test_a_picture_of_another_shape_gets_bars_and_is_never_distorted(tmp_path, small, how, box):
    rendition = compiled(film(tmp_path / "a.mp4", frames=300, **how), small)
    path = rendition_path(rendition)
    assert numbers(path, box)[::50] == list(range(0, 300, 50))
    bright = next(frame for number, frame in enumerate(pictures(path)) if number == 255)
    luma = bright.to_ndarray(format="gray")
    left, top, width, height = box
    outside = luma.astype(int).copy()
    outside[max(0, top - 2) : top + height + 2, max(0, left - 2) : left + width + 2] = 0
    assert outside.max() <= 20


@pytest.mark.parametrize(("rotation", "corner"), [(0, (0, 0)), (90, (1, 0)), (180, (1, 1)), (270, (0, 1))])
def test_a_turned_film_comes_out_upright(tmp_path, small, rotation, corner):
    # The picture's first bar (bit 0) stands at its left edge: where that edge ends up tells how it was turned.
    upright = film(tmp_path / "a.mp4", frames=2, size=(200, 200), rotation=rotation)
    rendition = compiled(upright, small)
    frame = list(pictures(rendition_path(rendition)))[1].to_ndarray(format="gray")[:, 70:250]
    edges = {(0, 0): frame[60:120, 4:14], (1, 1): frame[60:120, -14:-4], (1, 0): frame[-14:-4, 60:120]}
    edges[0, 1] = frame[4:14, 60:120]
    brightness = {name: part.mean() for name, part in edges.items()}
    assert max(brightness, key=lambda name: brightness[name]) == corner


def test_full_range_and_ten_bits_keep_their_brightness(tmp_path, small):
    plain = compiled(film(tmp_path / "a.mp4", frames=30), small)
    deep = compiled(film(tmp_path / "b.mp4", frames=30, codec="libx265", pixels="yuv420p10le"), small)
    full = compiled(film(tmp_path / "c.mp4", frames=30, pixels="yuvj420p"), small)
    means = [
        next(f for n, f in enumerate(pictures(rendition_path(r))) if n == 21).to_ndarray(format="gray").mean()
        for r in (plain, deep, full)
    ]
    assert max(means) - min(means) < 3


def test_high_dynamic_range_becomes_what_every_player_shows(tmp_path, small):
    said = "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
    source = film(tmp_path / "a.mp4", codec="libx265", pixels="yuv420p10le", options={"x265-params": said})
    assert next(pictures(source)).color_trc == 18
    frames = list(pictures(rendition_path(compiled(source, small))))
    assert [number_of(frame) for frame in frames[:30]] == list(range(30))
    assert {(frame.color_trc, frame.colorspace, frame.color_range) for frame in frames} == {(1, 1, 1)}
