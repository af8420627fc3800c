"""Compiling by several workers that die, hang and fail: once, whole, or with a reason."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from catalog.media import sandbox
from catalog.media.inside.jail import Limits
from catalog.visuals import compiling, services
from catalog.visuals.errors import CompileTakenOverError, RenditionNotReadyError
from catalog.visuals.models import Rendition
from tests.catalog.conftest import kept_files
from tests.catalog.films import film, numbers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places")]


@pytest.fixture
def waiting(tmp_path, places, small, sent) -> Rendition:
    """A rendition that nobody has compiled yet, long enough to be caught in the middle."""
    loop = services.take_in(path=film(tmp_path / "a.mp4", frames=900), original_name="a.mp4")
    return services.request_rendition(loop=loop, profile=small)


def compile_it(rendition: Rendition) -> Rendition:
    """Compile, in a thread that gives its connection back."""
    try:
        return services.compile_rendition(rendition_id=rendition.pk)
    finally:
        connection.close()


def compile_children() -> list[psutil.Process]:
    """The processes that compile for this test."""
    return [
        child for child in psutil.Process().children(recursive=True) if "inside.compile" in " ".join(cmdline(child))
    ]


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def renditions_stored(places) -> list[str]:
    return [path.name for path in kept_files(places) if path.parent.name == "renditions"]


def test_a_request_is_enqueued_once(waiting, sent, small):
    again = services.request_rendition(loop=waiting.loop, profile=small)
    assert again.pk == waiting.pk
    assert sent == [("catalog.visuals.compile", [str(waiting.pk)])]


def test_the_task_has_the_name_that_is_sent(waiting):
    from config.celery import app

    app.loader.import_default_modules()
    assert {"catalog.visuals.compile", "catalog.visuals.requeue_interrupted"} <= set(app.tasks)
    app.tasks["catalog.visuals.compile"].apply(args=(str(waiting.pk),), throw=True)
    waiting.refresh_from_db()
    assert waiting.status == Rendition.Status.READY


def test_two_workers_compile_one_rendition_once(waiting, places):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(compile_it, [waiting, waiting]))
    waiting.refresh_from_db()
    assert (waiting.status, waiting.attempts, waiting.progress) == (Rendition.Status.READY, 1, 100)
    assert len(renditions_stored(places)) == 1
    assert services.compile_rendition(rendition_id=waiting.pk).attempts == 1


def test_progress_and_life_are_on_the_row_while_it_compiles(waiting):
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(compile_it, waiting)
        seen = [(r.status, r.progress, r.heartbeat_at) for r in services.watch_rendition(rendition=waiting)]
        done.result()
    progress = [percent for _, percent, _ in seen]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    assert any(0 < percent < 100 for percent in progress)
    assert all(beat for status, _, beat in seen if status == Rendition.Status.COMPILING)


def test_a_killed_child_is_tried_again_and_leaves_nothing_half_done(waiting, places):
    killed: list[psutil.Process] = []
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(compile_it, waiting)
        for now in services.watch_rendition(rendition=waiting):
            if now.is_unfinished and not killed:
                killed = compile_children()
                for child in killed:
                    child.send_signal(signal.SIGKILL)
        result = done.result()
    assert killed
    assert (result.status, result.attempts, result.reason) == (Rendition.Status.READY, 2, "")
    assert numbers(services.rendition_path(result)) == list(range(900))
    assert renditions_stored(places) == [f"{result.content_key}-2.mp4"]
    assert not list((places.cache / "work").iterdir())


def test_a_child_that_is_killed_each_time_fails_with_the_reason(waiting, places):
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(compile_it, waiting)
        attempt = 0
        for now in services.watch_rendition(rendition=waiting):
            children = compile_children() if now.attempts > attempt else []
            if children:
                attempt = now.attempts
            for child in children:
                child.send_signal(signal.SIGKILL)
        result = done.result()
    assert (result.status, result.attempts) == (Rendition.Status.FAILED, compiling.ATTEMPTS)
    assert "SIGKILL" in result.reason
    assert renditions_stored(places) == []
    with pytest.raises(RenditionNotReadyError):
        services.rendition_path(result)


def worker(rendition: Rendition, places) -> subprocess.Popen[bytes]:
    """A worker process of its own, on this test's database."""
    settings = connection.settings_dict
    host = settings["HOST"] or settings["OPTIONS"].get("host", "")
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={host}&port={settings['PORT'] or 5432}"
    code = (
        "import sys, uuid, django; django.setup(); from catalog.visuals import services; "
        "services.compile_rendition(rendition_id=uuid.UUID(sys.argv[1]))"
    )
    environment = {**os.environ, "DATABASE_URL": url, "LONGWAVE_HOME": str(places.home)}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return subprocess.Popen([sys.executable, "-c", code, str(rendition.pk)], env=environment, cwd=sandbox.BASE)


def test_a_killed_worker_takes_its_child_along_and_another_one_finishes(waiting, places, sent):
    process = worker(waiting, places)
    children: list[psutil.Process] = []
    for now in services.watch_rendition(rendition=waiting):
        if now.progress:
            children = compile_children()
            process.send_signal(signal.SIGKILL)
            break
    process.wait(30)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert children
    assert not alive
    assert list((places.cache / "work").iterdir())
    sent.clear()
    assert services.requeue_interrupted() == 0
    Rendition.objects.update(heartbeat_at=timezone.now() - compiling.SILENT * 2)
    assert services.requeue_interrupted() == 1
    assert sent == [("catalog.visuals.compile", [str(waiting.pk)])]
    result = services.compile_rendition(rendition_id=waiting.pk)
    assert (result.status, result.attempts) == (Rendition.Status.READY, 2)
    assert not list((places.cache / "work").iterdir())
    assert len(renditions_stored(places)) == 1


def test_a_worker_that_was_thought_dead_stops_when_it_finds_itself_replaced(waiting):
    first = compiling.claim(waiting.pk)
    assert first is not None
    assert compiling.claim(waiting.pk) is None
    Rendition.objects.update(heartbeat_at=timezone.now() - compiling.SILENT * 2)
    second = compiling.claim(waiting.pk)
    assert second is not None
    with pytest.raises(CompileTakenOverError):
        first.alive(50)
    second.alive(50)
    waiting.refresh_from_db()
    assert (waiting.progress, waiting.attempts) == (50, 2)


def test_a_lost_message_is_sent_again_but_not_each_time(waiting, sent):
    sent.clear()
    assert services.requeue_interrupted() == 0
    Rendition.objects.update(heartbeat_at=timezone.now() - compiling.UNANSWERED - timedelta(seconds=1))
    assert services.requeue_interrupted() == 1
    assert services.requeue_interrupted() == 0
    assert len(sent) == 1


def test_one_that_was_interrupted_too_often_fails_with_the_reason(waiting, sent):
    sent.clear()
    silent = timezone.now() - compiling.SILENT * 2
    Rendition.objects.update(status=Rendition.Status.COMPILING, attempts=compiling.ATTEMPTS, heartbeat_at=silent)
    assert services.requeue_interrupted() == 0
    waiting.refresh_from_db()
    assert waiting.status == Rendition.Status.FAILED
    assert "interrupted 3 times" in waiting.reason
    assert sent == []


def test_a_failed_one_stays_failed_until_somebody_says_again(waiting, sent, small):
    Rendition.objects.update(status=Rendition.Status.FAILED, attempts=3, reason="because")
    sent.clear()
    assert services.request_rendition(loop=waiting.loop, profile=small).status == Rendition.Status.FAILED
    assert sent == []
    again = services.retry_rendition(rendition=waiting)
    assert (again.status, again.attempts, again.reason) == (Rendition.Status.WAITING, 0, "")
    assert sent == [("catalog.visuals.compile", [str(waiting.pk)])]
    assert services.compile_rendition(rendition_id=waiting.pk).status == Rendition.Status.READY


def test_a_loop_whose_file_is_gone_fails_with_the_reason(waiting, places):
    (places.media / waiting.loop.file.name).unlink()
    result = services.compile_rendition(rendition_id=waiting.pk)
    assert result.status == Rendition.Status.FAILED
    assert "missing" in result.reason


def test_a_loop_whose_file_was_damaged_since_fails_with_the_reason(waiting, places):
    path = places.media / waiting.loop.file.name
    data = bytearray(path.read_bytes())
    for place in range(3000, len(data) - 3000, 50):
        data[place] ^= 0xFF
    path.write_bytes(data)
    result = services.compile_rendition(rendition_id=waiting.pk)
    assert result.status == Rendition.Status.FAILED
    assert "damaged" in result.reason
    assert renditions_stored(places) == []


def test_a_full_disk_fails_with_the_reason(waiting, places, monkeypatch):
    limits = Limits(seconds=60, cpu_seconds=60, memory=3 * 1024**3, file_bytes=20_000)
    monkeypatch.setattr(compiling, "_limits", lambda *_: limits)
    result = services.compile_rendition(rendition_id=waiting.pk)
    assert (result.status, result.file.name) == (Rendition.Status.FAILED, "")
    assert "no room" in result.reason
    assert renditions_stored(places) == []


def test_other_headers_than_the_profiles_are_refused_after_trying_again(waiting, small, places):
    small.extradata = b"\x01other"
    small.save()
    result = services.compile_rendition(rendition_id=waiting.pk)
    assert (result.status, result.attempts) == (Rendition.Status.FAILED, compiling.ATTEMPTS)
    assert "parameter sets of small" in result.reason
    assert renditions_stored(places) == []


def test_a_loop_deleted_while_it_compiles_stops_the_compile(waiting, places):
    stopped = threading.Event()

    def run() -> None:
        try:
            services.compile_rendition(rendition_id=waiting.pk)
        except Rendition.DoesNotExist:
            stopped.set()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    for now in services.watch_rendition(rendition=waiting):
        if now.progress:
            waiting.loop.delete()
            break
    thread.join(30)
    assert stopped.is_set()
    assert renditions_stored(places) == []
    assert not list((places.cache / "work").iterdir())
