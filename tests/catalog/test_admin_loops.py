"""Loops and tracks in the console: uploads, compiles, tags, previews."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Loop, Rendition, Track
from catalog.visuals import services
from catalog.visuals.removal import remove_loop
from config.lib.byte_ranges import CHUNK
from tests.catalog.conftest import kept_files
from tests.catalog.films import film
from tests.factories import make_loop, make_profile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
ADD = "admin:catalog_loop_add"


def upload(browser, path, *, name="", tags="", profiles=(), called=""):
    sent = SimpleUploadedFile(called or path.name, path.read_bytes(), content_type="video/mp4")
    return browser.post(reverse(ADD), {"file": sent, "name": name, "tags": tags, "profiles": list(profiles)})


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_an_upload_becomes_a_loop_and_is_compiled(operator, tmp_path, small, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        upload(operator, film(tmp_path / "rain.mp4"), name="Rain", tags="night, sea, night", profiles=["small"])
    loop = Loop.objects.get()
    assert (loop.name, loop.tags, loop.status) == ("Rain", ["night", "sea"], Loop.Status.READY)
    assert loop.uploaded_by.email == "operator@example.org"
    assert sent == [("catalog.visuals.compile", [str(loop.renditions.get().pk)])]


def test_a_loop_without_a_name_is_called_after_its_file(operator, tmp_path):
    upload(operator, film(tmp_path / "rain on glass.mp4"))
    assert "rain on glass" in Loop.objects.get().name.lower()


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b"Hello, this is no video at all.\n" * 50, "text"),
        (b"#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n" * 3, "playlist"),
        (b"\0" * 5000, "not a kind of file"),
        (b"", "empty"),
    ],
    ids=["text", "playlist", "zeros", "nothing"],
)
def test_a_bad_file_shows_the_reason_and_stores_nothing(operator, places, tmp_path, content, because):
    path = tmp_path / "innocent.mp4"
    path.write_bytes(content)
    response = upload(operator, path, name="Mine")
    assert because in " ".join(response.context["adminform"].form.errors["file"])
    assert because in response.content.decode()
    assert not Loop.objects.exists()
    assert kept_files(places) == []


@pytest.mark.parametrize("called", ["concat:a|b", "-loglevel", "../../x", "<img src=x onerror=alert(1)>.mp4"])
def test_a_hostile_name_is_only_ever_text(operator, places, tmp_path, called):
    upload(operator, film(tmp_path / "fine.mp4"), called=called)
    loop = Loop.objects.get()
    assert all(file.is_relative_to(places.media) for file in kept_files(places))
    assert "<img src=x" not in operator.get(reverse("admin:catalog_loop_change", args=[loop.pk])).content.decode()


def test_the_same_video_twice_is_one_loop_and_says_so(operator, tmp_path):
    path = film(tmp_path / "rain.mp4")
    upload(operator, path, name="Rain")
    response = upload(operator, path, name="Again")
    assert [loop.name for loop in Loop.objects.all()] == ["Rain"]
    assert "was here already" in said(response)


def test_the_list_tells_how_far_a_compile_is_and_is_kept_fresh(operator):
    loop = make_loop()
    rendition = Rendition.objects.create(
        loop=loop, profile=make_profile(), content_key="k", status="compiling", progress=40
    )
    key = f"loop:{loop.pk}:renditions"
    assert f'data-live="{key}"' in operator.get(reverse("admin:catalog_loop_changelist")).content.decode()
    cells = reverse("admin:catalog_loop_cells")
    assert "40 %" in operator.get(cells, {"key": key}).content.decode()
    Rendition.objects.filter(pk=rendition.pk).update(status="ready")
    fresh = operator.get(cells, {"key": key}).content.decode()
    assert f'data-live="{key}"' in fresh
    assert "Ready" in fresh
    assert "40 %" not in fresh


@pytest.mark.parametrize("key", ["", "loop", "loop:nonsense:renditions", "station:1:state", "rendition:1"])
def test_a_key_that_names_no_loop_gets_no_cell(operator, key):
    assert operator.get(reverse("admin:catalog_loop_cells"), {"key": key}).content == b""


def test_tags_are_put_on_many_loops_at_once_and_taken_off(operator):
    loops = [make_loop("One", tags=["sea"]), make_loop("Two"), make_loop("Three")]
    chosen = {"_selected_action": [str(loop.pk) for loop in loops[:2]], "action": "add_tags"}
    url = reverse("admin:catalog_loop_changelist")
    assert "Add tags to these 2 loops" in operator.post(url, chosen).content.decode()
    assert "2 loops changed" in said(operator.post(url, {**chosen, "answered": "1", "tags": "night"}))
    assert [Loop.objects.get(pk=loop.pk).tags for loop in loops] == [["sea", "night"], ["night"], []]
    operator.post(url, {**chosen, "action": "remove_tags", "answered": "1", "tags": "night, sea"})
    assert [Loop.objects.get(pk=loop.pk).tags for loop in loops] == [[], [], []]


def test_loops_are_found_by_tag(operator):
    make_loop("One", tags=["rain & wind"])
    make_loop("Two", tags=["rain"])
    page = operator.get(reverse("admin:catalog_loop_changelist"), {"tag": "rain & wind"})
    assert [loop.name for loop in page.context["cl"].result_list] == ["One"]


def test_a_rendition_is_played_in_parts(operator, tmp_path, small, sent):
    loop = services.take_in(path=film(tmp_path / "rain.mp4"), original_name="rain.mp4")
    rendition = services.compile_now(loop=loop, profile=small)
    url = reverse("admin:catalog_rendition_video", args=[rendition.pk])
    part = operator.get(url, headers={"Range": "bytes=0-"})
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 0-{rendition.size - 1}/{rendition.size}"
    assert rendition.size < CHUNK
    assert part.content[4:8] == b"ftyp"
    assert url in operator.get(reverse("admin:catalog_loop_change", args=[loop.pk])).content.decode()


def test_a_rendition_that_is_not_ready_has_no_video(operator):
    rendition = Rendition.objects.create(loop=make_loop(), profile=make_profile(), content_key="k")
    assert operator.get(reverse("admin:catalog_rendition_video", args=[rendition.pk])).status_code == 404


def test_a_failed_rendition_is_compiled_again(operator, sent, django_capture_on_commit_callbacks):
    rendition = Rendition.objects.create(loop=make_loop(), profile=make_profile(), content_key="k", status="failed")
    url = reverse("admin:catalog_rendition_retry", args=[rendition.pk])
    assert operator.get(url).status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(url)
    rendition.refresh_from_db()
    assert rendition.status == Rendition.Status.WAITING
    assert sent == [("catalog.visuals.compile", [str(rendition.pk)])]


def test_a_thumbnail_is_a_picture_or_nothing(operator):
    shown = make_loop("One", thumbnail=b"\xff\xd8\xff jpeg")
    answer = operator.get(reverse("admin:catalog_loop_thumbnail", args=[shown.pk]))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    hidden = make_loop("Two")
    assert operator.get(reverse("admin:catalog_loop_thumbnail", args=[hidden.pk])).status_code == 404


def test_a_loop_that_longwave_draws_itself_cannot_be_deleted(operator):
    loop = make_loop(builtin="slate")
    assert operator.post(reverse("admin:catalog_loop_delete", args=[loop.pk]), {"post": "yes"}).status_code == 403


def test_a_loop_that_nothing_shows_is_deleted_with_its_files(
    operator, places, tmp_path, django_capture_on_commit_callbacks
):
    loop = services.take_in(path=film(tmp_path / "rain.mp4"), original_name="rain.mp4")
    assert kept_files(places)
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(reverse("admin:catalog_loop_delete", args=[loop.pk]), {"post": "yes"})
    assert not Loop.objects.exists()
    assert kept_files(places) == []


def test_files_stay_when_the_deletion_is_not_committed(places, tmp_path, django_capture_on_commit_callbacks):
    loop = services.take_in(path=film(tmp_path / "rain.mp4"), original_name="rain.mp4")
    with django_capture_on_commit_callbacks(execute=False):
        remove_loop(loop=loop)
    assert kept_files(places)


def test_a_bad_recording_shows_the_reason_and_stores_nothing(operator, places):
    sent = SimpleUploadedFile("song.mp3", b"no music here " * 40, content_type="audio/mpeg")
    response = operator.post(reverse("admin:catalog_track_add"), {"file": sent, "artist": "", "title": ""})
    assert response.context["adminform"].form.errors["file"]
    assert not Track.objects.exists()
    assert kept_files(places) == []
