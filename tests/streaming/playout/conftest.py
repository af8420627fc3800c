"""Pictures, tones and an engine for the tests of this room."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.nginx_rtmp import NginxRtmp
from tests.plugins.tones import tone_mp3
from tests.streaming.playout.compiled import CODING, compile_colours
from tests.streaming.playout.pictures import COLOURS, make_rendition
from tests.streaming.playout.player import Player, environment_root, make_spec

Pictures = dict[str, tuple[str, Path]]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """Three renditions of different lengths, by colour: (id, path)."""
    folder = tmp_path_factory.mktemp("pictures")
    lengths = {"red": 300, "green": 77, "blue": 41}
    return {
        name: (name, make_rendition(folder / f"{name}.mp4", COLOURS[name], frames)) for name, frames in lengths.items()
    }


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three MP3s of different pitch, 4 s each."""
    folder = tmp_path_factory.mktemp("tones")
    return [tone_mp3(folder / f"{n}.mp3", artist="Ana", title=f"Tone {n}", seconds=4, hertz=330 * n) for n in (1, 2, 3)]


@pytest.fixture
def play(pictures: Pictures) -> Iterator[Callable[..., Player]]:
    """Start an engine with ``play(source=…, outputs=…)``; it is stopped at the end."""
    folders: list[Path] = []
    players: list[Player] = []

    def start(environment: dict[str, str] | None = None, **more: Any) -> Player:
        folder = Path(tempfile.mkdtemp(prefix="lw-", dir=environment_root()))
        folders.append(folder)
        player = Player(folder, {**make_spec(folder, pictures["red"]), **more})
        players.append(player)
        player.environment = environment or {}
        return player.start()

    yield start
    for player in players:
        player.stop()
    for folder in folders:
        shutil.rmtree(folder)


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print what a test measured, under its name."""

    def tell(sentence: str) -> None:
        sys.stdout.write(f"\n{request.node.name}: {sentence}\n")

    return tell


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """The colours as a station compiles them, by colour: (id, path)."""
    return compile_colours(tmp_path_factory.mktemp("compiled"))


@pytest.fixture
def coded_on_air(
    play: Callable[..., Player],
    compiled: Pictures,
    tones: list[Path],
    nginx_rtmp: NginxRtmp,
) -> Callable[..., Player]:
    """Start an engine that can code pictures itself, sending to the relay's ``st``."""

    def start(**more: Any) -> Player:
        output = {"id": "platform", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}
        source = {"kind": "playlist", "entries": [{"id": "1", "path": str(tones[0])}]}
        first = {"id": "red", "path": str(compiled["red"][1])}
        player = play(**{"coding": CODING, "outputs": [output], "source": source, "picture": first, **more})
        player.wait_for("output", id="platform", up=True)
        return player

    return start
