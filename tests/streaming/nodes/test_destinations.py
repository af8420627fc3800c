"""Destinations as they run: what an operator asks for reaches one connection, and no other is touched by it."""

from __future__ import annotations

import time
from functools import partial

import av
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from catalog.models import EncodingProfile
from streaming.nodes import archivist
from streaming.nodes.folder import EncoderFolder
from streaming.outputs import disk
from streaming.outputs.models import Destination, Recording
from streaming.outputs.services import add_destination, change_destination, renew_destination, set_enabled
from tests.factories import make_slate, make_station
from tests.streaming.nodes.stage import heard, until
from tests.streaming.nodes.studio import Studio, fact
from tests.streaming.playout import pictures


def of(destination, **wanted) -> bool:
    """Tell whether the row is like this now."""
    destination.refresh_from_db()
    return all(getattr(destination, name) == value for name, value in wanted.items())


def test_connecting_anew_is_said_to_the_encoder_once_and_for_that_output(studio, station):
    one = add_destination(station=station, url="rtmp://a.example/live", key="secret-key-1")
    add_destination(station=station, url="rtmp://b.example/live", key="secret-key-2")
    studio.node()
    studio.pid(station)
    until(lambda: of(one, connected=True), "the connection")
    renew_destination(destination=one)
    folder = EncoderFolder(station.pk)
    said = until(lambda: heard(folder, "renew"), "the command")
    assert [command["output"] for command in said] == [str(one.pk)]
    assert of(one, renew_wanted_at=None)


def test_a_finished_file_is_moved_by_the_node_that_has_it(studio, station, monkeypatch):
    monkeypatch.setattr(archivist, "ROUND_SECONDS", 0.2)
    row = add_destination(station=station, url="recording", to_storage=True)
    studio.node()
    studio.pid(station)
    folder = disk.folder_of(station.slug, row.pk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one.flv").write_bytes(b"flv" * 100)
    at = timezone.now().timestamp()
    fact(station, event="recorded", at=at, output=str(row.pk), file="one.flv", started_at=at, seconds=10.0, bytes=300)
    kept = until(lambda: Recording.objects.exclude(moved_at=None).filter(path="").first(), "the move", 30)
    assert default_storage.open(kept.stored_name).read() == b"flv" * 100
    assert not (folder / "one.flv").exists()


@pytest.fixture
def real_studio(home, transactional_db):
    one = Studio()
    yield one
    one.close()


@pytest.fixture
def sent_out(real_studio, tmp_path, nginx_rtmp):
    """A station on air with the real encoder, two real servers' names and a recording, and their rows."""
    profile = EncodingProfile.objects.create(
        name="tiny", width=pictures.WIDTH, height=pictures.HEIGHT, frame_rate=pictures.RATE, video_kbps=300,
        gop_frames=60, level="3.1",
    )  # fmt: skip
    drawn = pictures.make_rendition(tmp_path / "red", pictures.COLOURS["red"], 120)
    make_slate(profile, content=drawn.read_bytes())
    station = make_station(source_kind="azuracast", wanted_on_air=True, profile=profile)
    add = partial(add_destination, station=station, allow_private=True)
    rows = [add(url=nginx_rtmp.rtmp_url("live", name), name=name) for name in ("one", "two")]
    rows.append(add_destination(station=station, url="recording", segment_s=10, to_storage=True))
    real_studio.node_process(encoder="real")
    real_studio.pid(station)
    for row in rows:
        until(partial(of, row, connected=True, state="up"), f"{row.name} up", 40)
    return rows


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.peers("nginx")
def test_renewing_and_pausing_one_touches_no_other_and_files_arrive_whole(sent_out):
    one, two, recording = sent_out
    renew_destination(destination=one)
    until(lambda: of(one, renewals_total=1, connected=True) and one.renewal_gap_ms is not None, "the renewal", 40)
    assert one.renewal_gap_ms <= 3000
    assert abs((timezone.now() - one.connected_since).total_seconds()) < 30

    set_enabled(destination=two, enabled=False)
    until(lambda: of(two, connected=False, state=""), "the pause", 20)
    before = one.bytes_total
    until(lambda: of(one, connected=True) and one.bytes_total > before, "more bytes", 20)
    assert (one.reconnects_total, of(recording, connected=True), recording.reconnects_total) == (0, True, 0)

    kept = until(lambda: Recording.objects.exclude(moved_at=None).first(), "a recording in the storage", 60)
    with default_storage.open(kept.stored_name) as file, av.open(file) as movie:
        stamps = [packet.dts * packet.time_base for packet in movie.demux(video=0) if packet.dts is not None]
    assert 8 < float(stamps[-1] - stamps[0]) < 13
    assert Recording.objects.filter(destination=recording).count() >= 1


@pytest.mark.slow
@pytest.mark.peers("nginx")
def test_a_changed_address_is_gone_to_and_a_wrong_one_is_told_in_words(sent_out):
    one, two, _ = sent_out
    began = time.time()
    change_destination(destination=one, url="rtmp://127.0.0.1:9/live")
    until(lambda: of(one, connected=False) and one.last_error, "what is wrong", 30)
    assert "127.0.0.1" in one.last_error
    assert one.down_since is not None
    change_destination(destination=one, allow_private=True, url=two.url, key="a-third-name")
    until(lambda: of(one, connected=True, down_since=None), "the new address", 40)
    two.refresh_from_db()
    assert (two.connected, two.reconnects_total) == (True, 0)
    assert two.connected_since.timestamp() < began
    assert Destination.objects.filter(connected=True).count() == 3
