"""``loop add`` takes a video in and ends when it is ready to be shown."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalog.models import EncodingProfile, Loop, Rendition
from catalog.visuals.services import compile_rendition
from streaming.cues.models import TrackMapping
from streaming.management.commands import loop as command
from streaming.stations.models import Station
from tests.catalog.films import film
from tests.factories import make_station

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def station(transactional_db) -> Station:
    """A station whose profile compiles in no time."""
    shape = {"width": 320, "height": 180, "frame_rate": 30, "video_kbps": 400, "gop_frames": 60, "level": "3.1"}
    return make_station("night-fm", profile=EncodingProfile.objects.create(name="small", **shape))


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return film(tmp_path / "rain on glass.mp4")


def add(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    call_command("loop", "add", *map(str, arguments))
    return capsys.readouterr().out


def test_without_a_worker_the_loop_is_compiled_here(station: Station, video: Path, capsys, monkeypatch):
    monkeypatch.setattr(command, "UNTAKEN", 0.0)
    said = add(capsys, "night-fm", video, "--artist", "Ana", "--title", "Blue", "--song-id", "s1", "--default")
    loop = Loop.objects.get()
    station.refresh_from_db()
    mapping = TrackMapping.objects.get()
    assert (mapping.track_key, mapping.song_id, mapping.loop) == ("ana - blue", "s1", loop)
    assert station.default_loop == loop
    assert Rendition.objects.get().status == Rendition.Status.READY
    assert "is ready for Night Fm (300 frames" in said


def test_a_worker_that_takes_it_up_is_waited_for(station: Station, video: Path, capsys, monkeypatch):
    monkeypatch.setattr(command, "UNTAKEN", 3600.0)
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(stop,))
    worker.start()
    try:
        answer = json.loads(add(capsys, "night-fm", video, "--json"))
    finally:
        stop.set()
        worker.join()
    rendition = Rendition.objects.get()
    assert answer["status"] == "ready"
    assert answer["frames"] == rendition.frames > 0
    assert answer["loop"] == str(rendition.loop_id)
    assert not TrackMapping.objects.exists()


def test_the_same_loop_again_is_ready_at_once(station: Station, video: Path, capsys, monkeypatch):
    monkeypatch.setattr(command, "UNTAKEN", 0.0)
    first, second = (json.loads(add(capsys, "night-fm", video, "--json")) for _ in range(2))
    assert first == second
    assert Loop.objects.count() == Rendition.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["night-fm", "{video}", "--artist", "Ana"], 2, "Give --title as well"),
        (["night-fm", "{video}", "--song-id", "s1"], 2, "Give --title as well"),
        (["day-fm", "{video}"], 4, "no station 'day-fm'. Stations: night-fm"),
        (["night-fm", "{folder}/nothing.mp4"], 1, "is not a file"),
        (["night-fm", "{folder}/text.mp4"], 1, ""),
        (["night-fm", "{video}", "--title", "🎶"], 1, "no letter or digit"),
    ],
)
def test_what_cannot_be_done_ends_with_a_sentence_and_a_code(
    station: Station, video: Path, capsys, arguments: list[str], code: int, words: str
):
    (video.parent / "text.mp4").write_text("This is no video.")
    with pytest.raises(CommandError) as ended:
        add(capsys, *(part.format(video=video, folder=video.parent) for part in arguments))
    assert ended.value.returncode == code
    assert words in str(ended.value)
    assert len(str(ended.value)) > 10
    assert not TrackMapping.objects.exists()


def test_a_loop_that_cannot_be_compiled_says_why(station: Station, video: Path, capsys, monkeypatch):
    monkeypatch.setattr(command, "UNTAKEN", 0.0)
    EncodingProfile.objects.filter(name="small").update(extradata=b"parameter sets of another build")
    with pytest.raises(CommandError, match=r"could not be compiled: .+") as ended:
        add(capsys, "night-fm", video)
    assert ended.value.returncode == 1


def test_an_interrupt_ends_the_waiting_and_keeps_the_loop(station: Station, video: Path, capsys, monkeypatch):
    def interrupted(**_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "watch_rendition", interrupted)
    with pytest.raises(CommandError, match="is kept and is shown as soon as") as ended:
        add(capsys, "night-fm", video, "--default")
    assert ended.value.returncode == 130
    station.refresh_from_db()
    assert station.default_loop == Loop.objects.get()
    assert Rendition.objects.get().status == Rendition.Status.WAITING


def test_the_help_shows_how_it_is_used(capsys):
    with pytest.raises(SystemExit):
        call_command("loop", "--help")
    said = capsys.readouterr().out
    assert "loop add night-fm rain.mp4 --default" in said
    assert "exit codes:" in said


def _work(stop: threading.Event) -> None:
    """Compile what waits, as a worker does."""
    try:
        while not stop.wait(0.05):
            for rendition in Rendition.objects.filter(status=Rendition.Status.WAITING):
                compile_rendition(rendition_id=rendition.pk)
    finally:
        connection.close()
