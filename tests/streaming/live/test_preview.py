"""The HLS preview: the encoder's files and nothing else."""

from __future__ import annotations

import os
import time

import pytest
from django.test import AsyncClient

PLAYLIST = b"#EXTM3U\n#EXT-X-VERSION:3\n"


@pytest.fixture
def folder(settings):
    made = settings.PLACES.hls / "night-fm"
    made.mkdir(parents=True, exist_ok=True)
    (made / "index.m3u8").write_bytes(PLAYLIST)
    (made / "index12.ts").write_bytes(b"G" * 188)
    (made / "init.mp4").write_bytes(b"ftyp")
    (made / "index12.m4s").write_bytes(b"moof")
    (made / "spec.json").write_text("stream keys", encoding="utf-8")
    (settings.PLACES.home / "secret_key.ts").write_bytes(b"not yours")
    return made


async def get(path: str):
    return await AsyncClient().get(path)


async def test_a_playlist_is_never_kept(folder):
    answer = await get("/hls/night-fm/index.m3u8")

    assert (answer.status_code, answer.content) == (200, PLAYLIST)
    assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("index12.ts", "video/mp2t"), ("init.mp4", "video/mp4"), ("index12.m4s", "video/iso.segment")],
)
async def test_segments_come_whole_with_their_type(folder, name, content_type):
    answer = await get(f"/hls/night-fm/{name}")

    assert answer.content == (folder / name).read_bytes()
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize(
    "path",
    [
        "/hls/night-fm/spec.json",
        "/hls/night-fm/index12.ts.tmp",
        "/hls/night-fm/..%2f..%2fsecret_key.ts",
        "/hls/night-fm/%2e%2e/%2e%2e/secret_key.ts",
        "/hls/night-fm/../../secret_key.ts",
        "/hls/..%2f/secret_key.ts",
        "/hls/%2e%2e/secret_key.ts",
        "/hls/night-fm/..\\..\\secret_key.ts",
        "/hls/night-fm//etc/passwd",
        "/hls/night-fm/%00.ts",
        "/hls/night-fm/index12.ts%0a",
        "/hls/night-fm/.ts",
        "/hls/night-fm/" + "a" * 300 + ".ts",
        "/hls/night-fm/index99.ts",
        "/hls/" + "a" * 300 + "/index.m3u8",
    ],
)
async def test_anything_else_is_not_there(folder, path):
    answer = await get(path)

    assert answer.status_code == 404
    assert b"not yours" not in answer.content
    assert b"stream keys" not in answer.content


async def test_a_folder_named_like_a_segment_is_not_there(folder):
    (folder / "folder.ts").mkdir()

    assert (await get("/hls/night-fm/folder.ts")).status_code == 404


async def test_off_air_is_said_in_plain_text(folder):
    answer = await get("/hls/nobody/index.m3u8")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert b"off air" in answer.content


async def test_a_playlist_that_stands_still_is_off_air(folder):
    old = time.time() - 60
    os.utime(folder / "index.m3u8", (old, old))

    assert (await get("/hls/night-fm/index.m3u8")).status_code == 404


async def test_only_reading_is_allowed(folder):
    assert (await AsyncClient().post("/hls/night-fm/index.m3u8")).status_code == 405
