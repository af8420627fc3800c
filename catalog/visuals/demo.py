"""The demo station's content: three loops drawn by ourselves, one for each of the three demo tracks."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from django.core.files.storage import default_storage

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

    Args:
        report: told what is being made, one short sentence each; called from this thread.

    """
    return demo_tracks(report), demo_loops(report)


def demo_loops(report: Report = lambda _: None) -> list[Loop]:
    """Return the demo loops; those that are not there are drawn at the same time, one per core."""
    found = {scene.key: _kept(scene) for scene in SCENES}
    missing = [scene for scene in SCENES if found[scene.key] is None]
    if missing:
        found.update(_made(missing, report))
    return [loop for scene in SCENES if (loop := found[scene.key])]


def _kept(scene: Scene) -> Loop | None:
    loop = Loop.objects.filter(builtin=scene.key).first()
    if loop and not default_storage.exists(str(loop.file.name)):
        loop.delete()
        return None
    return loop


def _made(scenes: list[Scene], report: Report) -> dict[str, Loop]:
    made = {}
    with ThreadPoolExecutor(max_workers=min(len(scenes), os.cpu_count() or 1)) as pool:
        for scene in scenes:
            report(f"Drawing “{scene.name}”")
        paths = {scene.key: work_folder() / f"{uuid4()}.mp4" for scene in scenes}
        try:
            drawn = [pool.submit(render, scene, paths[scene.key]) for scene in scenes]
            for scene, done in zip(scenes, drawn, strict=True):
                done.result()
                made[scene.key] = services.take_in(
                    path=paths[scene.key],
                    original_name=f"{scene.key}.mp4",
                    name=scene.name,
                    tags=("demo",),
                    builtin=scene.key,
                )
        finally:
            for path in paths.values():
                path.unlink(missing_ok=True)
    return made


def render(scene: Scene, path: Path) -> None:
    """Draw a scene into a file."""
    with VideoWriter(path, WIDTH, HEIGHT, RATE) as writer:
        for frame in scene.frames():
            writer.add_frame(frame)
