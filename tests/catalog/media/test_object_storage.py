"""Everything works on an object store too: loops, thumbnails, renditions and tracks live there, copies in the cache."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from catalog.media.errors import MediaMissingError
from catalog.music.services import take_in_track, track_path
from catalog.visuals import services
from catalog.visuals.models import Rendition
from tests.catalog.films import film, numbers
from tests.catalog.recordings import recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(places, settings, sent):
    """An object store in this process."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        client.create_bucket(Bucket="loops")
        options: dict[str, Any] = {
            "bucket_name": "loops",
            "region_name": "us-east-1",
            "access_key": "a",
            "secret_key": "b",
        }
        options |= {"default_acl": "private", "file_overwrite": False}
        backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": backend}
        yield client


def keys(client) -> list[str]:
    return [item["Key"] for item in client.list_objects_v2(Bucket="loops").get("Contents", [])]


def test_a_loop_is_taken_in_compiled_and_fetched_when_it_is_wanted(bucket, tmp_path, places, small):
    loop = services.take_in(path=film(tmp_path / "a.mp4", frames=300), original_name="a.mp4")
    assert keys(bucket) == [loop.file.name, loop.thumbnail.name]
    rendition = services.compile_rendition(rendition_id=services.request_rendition(loop=loop, profile=small).pk)
    assert (rendition.status, rendition.reason) == (Rendition.Status.READY, "")
    path = services.rendition_path(rendition)
    assert path == places.cache / "renditions" / f"{rendition.content_key}.mp4"
    assert numbers(path) == list(range(300))
    assert not list((places.cache / "work").iterdir())


def test_a_copy_that_is_not_whole_is_fetched_again(bucket, tmp_path, places, small):
    loop = services.take_in(path=film(tmp_path / "a.mp4"), original_name="a.mp4")
    rendition = services.compile_rendition(rendition_id=services.request_rendition(loop=loop, profile=small).pk)
    path = services.rendition_path(rendition)
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    assert services.rendition_path(rendition).read_bytes() == whole
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_what_the_store_lost_or_cut_is_said(bucket, tmp_path, small):
    loop = services.take_in(path=film(tmp_path / "a.mp4"), original_name="a.mp4")
    rendition = services.compile_rendition(rendition_id=services.request_rendition(loop=loop, profile=small).pk)
    bucket.put_object(Bucket="loops", Key=rendition.file.name, Body=b"half")
    with pytest.raises(MediaMissingError, match="damaged"):
        services.rendition_path(rendition)
    bucket.delete_object(Bucket="loops", Key=rendition.file.name)
    with pytest.raises(MediaMissingError, match="missing"):
        services.rendition_path(rendition)


def test_a_track_is_taken_in_and_fetched(bucket, tmp_path, places):
    source = recording(tmp_path / "a.flac", "flac")
    track = take_in_track(path=source, original_name="a.flac")
    assert keys(bucket) == [track.file.name]
    assert track_path(track).read_bytes() == source.read_bytes()
    assert track_path(track).is_relative_to(places.cache)
