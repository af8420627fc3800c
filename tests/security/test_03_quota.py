"""Control 3: how large, how long, how many, and how much in all; what is too much leaves rows and disk as they were."""

from __future__ import annotations

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from catalog.media.quota import QuotaError
from catalog.models import Loop, Track
from tests.catalog.films import film
from tests.catalog.recordings import recording
from tests.factories import make_loop, make_profile, make_user
from tests.security.uploads import api_of, kept, send_loop, send_track

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return film(tmp_path_factory.mktemp("good") / "a.mp4", frames=10, size=(64, 36)).read_bytes()


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return recording(tmp_path_factory.mktemp("good") / "a.mp3", "libmp3lame", seconds=1).read_bytes()


@pytest.mark.django_db
@pytest.mark.usefixtures("places")
class TestOneAfterAnother:
    def test_twice_the_quota_is_refused_before_anything_is_kept(self, cast, places, settings, video):
        settings.UPLOAD_QUOTA_BYTES = len(video) // 2
        with pytest.raises(QuotaError, match="left") as caught:
            send_loop(cast["editor"], "a.mp4", video)
        assert (caught.value.status, caught.value.field) == (413, "file")
        assert not Loop.objects.exists()
        assert kept(places) == []

    def test_loops_and_tracks_count_together(self, cast, places, settings, video, sound):
        send_loop(cast["editor"], "a.mp4", video)
        before = kept(places)
        settings.UPLOAD_QUOTA_BYTES = len(video) + len(sound) - 1
        with pytest.raises(QuotaError):
            send_track(cast["editor"], "a.mp3", sound)
        assert not Track.objects.exists()
        assert kept(places) == before

    def test_many_small_ones_are_too_many(self, cast, settings, video):
        settings.UPLOAD_QUOTA_FILES = 2
        make_loop(uploaded_by=cast["editor"])
        make_loop(uploaded_by=cast["editor"])
        with pytest.raises(QuotaError, match="2 files"):
            send_loop(cast["editor"], "a.mp4", video)
        assert Loop.objects.count() == 2

    def test_what_others_sent_counts_for_nobody_else(self, cast, settings, video):
        settings.UPLOAD_QUOTA_FILES = 1
        make_loop(uploaded_by=cast["operator"])
        assert send_loop(cast["editor"], "a.mp4", video).uploaded_by == cast["editor"]

    def test_the_api_refuses_before_it_reads_the_body(self, cast, places, settings):
        make_profile()
        settings.UPLOAD_QUOTA_BYTES = 10 * MIB
        make_loop(uploaded_by=cast["editor"], size=10 * MIB)
        sent = {"file": SimpleUploadedFile("a.mp4", bytes(2 * MIB))}
        refused = api_of(cast["editor"]).post("/api/v1/loops/", sent, format="multipart")
        assert refused.status_code == 413
        assert "0 are left" in refused.json()["detail"]
        assert api_of(cast["editor"]).get("/api/v1/loops/").status_code == 200
        assert kept(places) == []

    def test_who_may_everything_owns_the_disk(self, settings, video):
        settings.UPLOAD_QUOTA_BYTES = settings.UPLOAD_QUOTA_FILES = 1
        owner = make_user("owner@example.org", is_superuser=True)
        assert send_loop(owner, "a.mp4", video).uploaded_by == owner

    def test_zero_is_no_quota(self, cast, settings, video):
        settings.UPLOAD_QUOTA_BYTES = settings.UPLOAD_QUOTA_FILES = 0
        assert send_loop(cast["editor"], "a.mp4", video)


@pytest.mark.django_db(transaction=True)
def test_uploads_side_by_side_do_not_slip_through_together(cast, places, settings, tmp_path):
    settings.UPLOAD_QUOTA_FILES = 1
    bodies = [film(tmp_path / f"{n}.mp4", frames=10 + n, size=(64, 36)).read_bytes() for n in range(3)]
    refused = []

    def send(body):
        try:
            send_loop(cast["editor"], "a.mp4", body)
        except QuotaError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[body]) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Loop.objects.filter(uploaded_by=cast["editor"]).count() == 1
    assert len(refused) == 2
    assert len(kept(places)) == 2  # the loop and its thumbnail
