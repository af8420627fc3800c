"""Loops as programs send them."""

from __future__ import annotations

import errno
import io

import av
import numpy as np
import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from catalog.visuals.models import Loop, Rendition
from tests.factories import make_loop, make_profile, make_user

pytestmark = pytest.mark.django_db
LOOPS = "/api/v1/loops/"


@pytest.fixture(scope="module")
def video() -> bytes:
    """A second of moving grey, H.264 in MP4."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(10):
            pixels = np.full((36, 64, 3), 20 * number, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.fixture
def staff(db):
    make_profile()
    client = APIClient()
    client.force_authenticate(make_user("operator@example.org", is_staff=True, is_superuser=True))
    return client


def send(staff: APIClient, content: bytes, name: str = "rain.mp4", **words):
    return staff.post(LOOPS, {"file": SimpleUploadedFile(name, content), **words}, format="multipart")


def test_a_video_is_taken_in_and_its_rendition_can_be_followed(staff, video):
    answer = send(staff, video, name="rain.mp4", tags=["calm", "night"])

    assert answer.status_code == 202, answer.json()
    followed = staff.get(answer.headers["Location"]).json()
    assert followed["id"] == answer.json()["id"]
    assert (followed["width"], followed["height"], followed["tags"]) == (64, 36, ["calm", "night"])
    assert [(r["profile"], r["status"], r["progress"]) for r in followed["renditions"]] == [("720p30", "waiting", 0)]
    assert Loop.objects.filter(uploaded_by__email="operator@example.org").count() == 1


def test_the_same_video_twice_is_one_loop_and_ready_is_201(staff, video):
    first = send(staff, video).json()
    Rendition.objects.update(status=Rendition.Status.READY, progress=100)

    again = send(staff, video)

    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert Loop.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.mp4"),
        (b"hello, I am text", "text.mp4"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "playlist.mp4"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "concat:a|b"),
        (b"\x00" * 5000, "-loglevel"),
        (b"GIF89a", "../../x.mp4"),
    ],
)
def test_what_is_no_video_is_refused_by_name_and_leaves_nothing(staff, content, name):
    refused = send(staff, content, name=name)

    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in refused.json()["errors"]] == ["file"]
    assert not Loop.objects.exists()


def test_a_truncated_video_is_refused(staff, video):
    assert send(staff, video[: len(video) // 2]).status_code == 422
    assert not Loop.objects.exists()


def test_a_request_without_a_file_names_it(staff):
    refused = staff.post(LOOPS, {"name": "x"}, format="multipart")

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "file")


def test_a_loop_comes_as_multipart(staff):
    assert staff.post(LOOPS, {"file": "x"}, format="json").status_code == 415


@pytest.mark.parametrize("limit", [1000, 100_000])
def test_too_large_is_413_by_its_length_and_while_it_comes_in(staff, video, settings, limit):
    settings.LOOP_MAX_BYTES = limit  # 1000: within the allowance for the form's other fields, found while reading
    content = video if limit == 1000 else b"\0" * 300_000

    refused = send(staff, content)

    assert refused.status_code == 413
    assert refused.json()["errors"][0]["field"] == "file"
    assert "LOOP_MAX_MB" in refused.json()["detail"] or "larger" in refused.json()["detail"]
    assert not Loop.objects.exists()


def test_a_full_disk_is_507_and_leaves_nothing(staff, video, monkeypatch):
    def full(self, name, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)

    refused = send(staff, video)

    assert refused.status_code == 507, refused.json()
    assert not Loop.objects.exists()


def test_fields_of_the_row_are_not_for_writing(staff, video):
    answer = send(staff, video, status="refused", builtin="slate", sha256="0" * 64, original_name="stolen", size="1")

    loop = Loop.objects.get(pk=answer.json()["id"])
    assert (loop.builtin, loop.original_name, loop.size) == ("", "rain.mp4", len(video))


def test_loops_come_newest_first_without_counting(staff, django_assert_num_queries):
    for number in range(3):
        make_loop(f"L{number}")

    with django_assert_num_queries(2):
        page = staff.get(LOOPS).json()

    assert [loop["name"] for loop in page["results"]] == ["L2", "L1", "L0"]
