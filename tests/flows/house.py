"""A whole installation for flows: `up` in a home of its own, its commands, its webhooks, its database."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import av
import psycopg

from config.home import BASE_DIR
from tests.config.test_up import Up

PAYLOAD = Path(__file__).parents[1] / "payloads/azuracast/song_changed.json"


class House(Up):
    """A running installation as its operator and its AzuraCast see it; ``ingest`` is its port for presenters."""

    ingest = 0

    def manage(self, *arguments: str) -> str:
        """Run a management command in the installation; returns what it prints."""
        done = subprocess.run(
            [sys.executable, str(BASE_DIR / "manage.py"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def status(self, slug: str) -> dict[str, Any]:
        """Return `station status --json`, whatever its exit code."""
        done = subprocess.run(
            [sys.executable, str(BASE_DIR / "manage.py"), "station", "status", slug, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else {}

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read from the installation's database."""
        with psycopg.connect(self.places.database_url) as connection:
            return connection.execute(query, values).fetchall()

    def post(self, station: str, body: object, secret: str) -> tuple[int, dict[str, Any]]:
        """Post a webhook as AzuraCast does, with Basic authentication."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/webhook/azuracast/{station}",
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": "Basic " + base64.b64encode(f"azuracast:{secret}".encode()).decode(),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return int(answer.status), json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def song(number: int, artist: str, title: str) -> dict[str, Any]:
    """AzuraCast's NowPlaying for a play of its own."""
    body: dict[str, Any] = json.loads(PAYLOAD.read_text())
    now = body["now_playing"]
    now["sh_id"] = 1000 + number
    now["played_at"] = int(time.time())
    now["song"] |= {"id": f"{number:032x}", "artist": artist, "title": title, "text": f"{artist} - {title}"}
    return body


def loop_file(path: Path, colour: tuple[int, int, int], seconds: float = 4.0) -> Path:
    """A loop as an operator would upload it: 25 frames a second, another size, of one colour."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        frame = av.VideoFrame(640, 360, "rgb24")
        frame.planes[0].update(bytes(colour) * (640 * 360))
        for number in range(int(seconds * 25)):
            picture = frame.reformat(format="yuv420p")
            picture.pts = number
            for packet in stream.encode(picture):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return path
