"""Parts of a file, as players ask for them."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from config.lib.byte_ranges import CHUNK, send

SIZE = CHUNK + 100


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(bytes(range(256)) * (SIZE // 256 + 1))
    with path.open("r+b") as handle:
        handle.truncate(SIZE)
    return path


def ask(file, wanted=None):
    headers = {"Range": wanted} if wanted else {}
    return send(RequestFactory().get("/", headers=headers), file, content_type="video/mp4")


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, CHUNK + 9),
        ("bytes=0-", 0, CHUNK - 1),
        (f"bytes={SIZE - 5}-", SIZE - 5, SIZE - 1),
        (f"bytes=5-{SIZE * 9}", 5, CHUNK + 4),
        ("bytes=-7", SIZE - 7, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, CHUNK - 1),
    ],
)
def test_a_part_is_sent_and_never_more_than_a_chunk(file, wanted, first, last):
    answer = ask(file, wanted)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.content == file.read_bytes()[first : last + 1]


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", "bytes=9-3", "bytes=-0"])
def test_what_is_not_there_is_416_with_the_size(file, wanted):
    answer = ask(file, wanted)
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize("wanted", [None, "bytes=0-1,4-5", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=١-٢"])
def test_no_range_or_none_we_know_gets_the_whole_file(file, wanted):
    answer = ask(file, wanted)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == file.read_bytes()
