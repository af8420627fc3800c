"""The demo station's content: three loops drawn by ourselves, one for each of the three demo tracks."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import connection

from catalog.media.storing import work_folder
from catalog.music.demo import demo_tracks
from catalog.music.models import Track
from catalog.visuals import services
from catalog.visuals.models import Loop
from catalog.visuals.scenes.aurora import AURORA
from catalog.visuals.scenes.light import HEIGHT, RATE, WIDTH, Scene
from catalog.visuals.scenes.night_dial import NIGHT_DIAL
from catalog.visuals.scenes.sine_field import SINE_FIELD
from catalog.visuals.video_writer import VideoWriter

# In the order of the tracks: Slow Light, Amber Lines, After Midnight.
SCENES = (AURORA, SINE_FIELD, NIGHT_DIAL)
Report = Callable[[str], None]


def make_demo_content(report: Report = lambda _: None) -> tuple[list[Track], list[Loop]]:
    """Return the demo tracks and the loop for each, made on the first call and found again on later ones.

    Tracks and loops are made at the same time, one per core.

    Args:
        report: told what is being made, one short sentence each; called from this thread.

    """
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        loops = [_kept(scene) or _begun(scene, pool, report) for scene in SCENES]
        tracks = demo_tracks(report)
        return tracks, [loop if isinstance(loop, Loop) else loop.result() for loop in loops]


def _kept(scene: Scene) -> Loop | None:
    loop = Loop.objects.filter(builtin=scene.key).first()
    if loop and not default_storage.exists(str(loop.file.name)):
        loop.delete()
        return None
    return loop


def _begun(scene: Scene, pool: ThreadPoolExecutor, report: Report) -> Future[Loop]:
    report(f"Drawing “{scene.name}”")
    return pool.submit(_made, scene)


def _made(scene: Scene) -> Loop:
    path = work_folder() / f"{uuid4()}.mp4"
    try:
        render(scene, path)
        return services.take_in(
            path=path,
            original_name=f"{scene.key}.mp4",
            name=scene.name,
            tags=("demo",),
            builtin=scene.key,
        )
    finally:
        path.unlink(missing_ok=True)
        connection.close()


def render(scene: Scene, path: Path) -> None:
    """Draw a scene into a file."""
    with VideoWriter(path, WIDTH, HEIGHT, RATE) as writer:
        for frame in scene.frames():
            writer.add_frame(frame)
