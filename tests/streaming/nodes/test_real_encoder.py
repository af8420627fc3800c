"""The same with the real encoder: a node dies, an encoder dies, an encoder hangs; the preview shows what went out."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from catalog.models import EncodingProfile
from streaming.asrun.models import Airing, ErrorEntry
from streaming.cues.models import TrackMapping
from streaming.nodes.folder import EncoderFolder
from tests.factories import make_loop, make_rendition, make_slate, make_station
from tests.streaming.nodes.stage import living, until
from tests.streaming.nodes.studio import Studio, change
from tests.streaming.playout import pictures

pytestmark = pytest.mark.slow


@pytest.fixture
def real_studio(home, transactional_db):
    studio = Studio()
    yield studio
    studio.close()


@pytest.fixture
def on_air(real_studio, tmp_path):
    """A station whose slate and one loop are real, and a node process that runs it."""
    profile = EncodingProfile.objects.create(
        name="tiny",
        width=pictures.WIDTH,
        height=pictures.HEIGHT,
        frame_rate=pictures.RATE,
        video_kbps=300,
        gop_frames=60,
        level="3.1",
    )
    drawn = {c: pictures.make_rendition(tmp_path / c, pictures.COLOURS[c], 120) for c in ("red", "blue")}
    make_slate(profile, content=drawn["red"].read_bytes())
    station = make_station(source_kind="azuracast", wanted_on_air=True, profile=profile)
    loop = make_rendition(make_loop("Blue"), profile, content=drawn["blue"].read_bytes()).loop
    TrackMapping.objects.create(station=station, track_key="ana - blue", loop=loop)
    return station


def frames(studio, station) -> int:
    return int(studio.row(station).frame)


def newest_segment(home, station) -> Path | None:
    segments = sorted((home.hls / station.slug).glob("*.ts"), key=lambda file: file.stat().st_mtime_ns)
    return segments[-1] if segments else None


def test_a_killed_node_costs_the_stream_nothing(real_studio, on_air, home):
    first = real_studio.node_process(encoder="real")
    pid = real_studio.pid(on_air)
    change(on_air, "Blue", 1)
    until(lambda: Airing.objects.filter(title="Blue").exists(), "an airing")
    real_studio.kill(first)
    before = until(partial(newest_segment, home, on_air), "a segment")
    until(lambda: newest_segment(home, on_air) != before, "more segments without any node")
    real_studio.node_process(encoder="real")
    frame = frames(real_studio, on_air)
    until(lambda: frames(real_studio, on_air) > frame, "statistics")
    assert real_studio.pid(on_air) == pid
    assert real_studio.row(on_air).restarts_total == 0
    assert Airing.objects.get().loop.name == "Blue"


def test_a_killed_encoder_is_back_within_five_seconds_with_the_picture_it_had(real_studio, on_air):
    real_studio.node_process(encoder="real")
    first = real_studio.pid(on_air)
    change(on_air, "Blue", 1)
    until(lambda: Airing.objects.filter(title="Blue").exists(), "an airing")
    os.kill(first, signal.SIGKILL)
    killed = time.monotonic()
    until(lambda: real_studio.row(on_air).pid not in (None, first), "a new process")
    real_studio.pid(on_air)
    assert time.monotonic() - killed < 10
    until(lambda: real_studio.row(on_air).restarts_total == 1, "the count")
    assert Airing.objects.count() == 1
    assert Airing.objects.get().duration_seconds is None
    assert ErrorEntry.objects.filter(message__contains="exit code -9").count() == 1


def test_a_stopped_encoder_is_replaced_and_two_never_run(real_studio, on_air):
    real_studio.node_process(encoder="real")
    first = real_studio.pid(on_air)
    until(lambda: frames(real_studio, on_air) > 30, "frames")
    os.kill(first, signal.SIGSTOP)
    stopped = time.monotonic()
    until(lambda: not psutil.pid_exists(first), "its end")
    assert time.monotonic() - stopped < 10
    second = until(lambda: living(EncoderFolder(on_air.pk)), "a new process")
    assert len(second) == 1
    until(lambda: real_studio.row(on_air).pid == second[0], "its row")
    assert ErrorEntry.objects.filter(severity="critical", message__contains="no frame").count() == 1
