"""Finished recordings are kept once each, moved whole, and removed in time; nothing is lost on the way."""

from __future__ import annotations

import errno
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from streaming.asrun.models import ErrorEntry
from streaming.asrun.services import store_facts
from streaming.nodes.models import EncoderRun, Node
from streaming.outputs import archive, disk
from streaming.outputs.models import Recording
from streaming.outputs.services import add_destination, remove_destination
from tests.factories import make_station

pytestmark = pytest.mark.django_db
CONTENT = b"flv" * 1000


@pytest.fixture
def node():
    return Node.objects.create(name="here")


@pytest.fixture
def destination(settings, tmp_path):
    settings.PLACES = type(settings.PLACES)(tmp_path)
    return add_destination(station=make_station(), url="recording", to_storage=True)


def told(destination, node, *, hours_ago: float = 0, file: str = "one.flv", sequence: int = 1):
    """Store what an encoder says of a finished file, and have the file there."""
    run = EncoderRun.objects.create(station=destination.station, node=node)
    folder = disk.folder_of(destination.station.slug, destination.pk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(CONTENT)
    at = (timezone.now() - timedelta(hours=hours_ago)).timestamp()
    fact = {
        "event": "recorded", "at": at, "seq": sequence, "output": str(destination.pk), "file": file,
        "started_at": at, "seconds": 12.5, "bytes": len(CONTENT),
    }  # fmt: skip
    store_facts(run=run.pk, facts=[fact])
    store_facts(run=run.pk, facts=[fact])
    return Recording.objects.get(run=run), folder / file


def test_a_finished_file_is_kept_once_however_often_it_is_told(destination, node):
    row, file = told(destination, node)
    assert (row.path, row.seconds, row.bytes, row.destination) == (str(file), 12.5, len(CONTENT), destination)
    assert Recording.objects.count() == 1


def test_a_file_of_a_removed_destination_is_kept_too(destination, node):
    _, _ = told(destination, node)
    remove_destination(destination=destination)
    assert Recording.objects.get().destination is None


@pytest.mark.parametrize("name", ["../secret", "a/b", "", ".hidden", "a\0b"])
def test_a_name_that_is_no_file_of_the_folder_is_an_error_and_no_recording(destination, node, name):
    run = EncoderRun.objects.create(station=destination.station, node=node)
    fact = {"event": "recorded", "at": 1.0, "seq": 1, "output": str(destination.pk), "file": name}
    store_facts(run=run.pk, facts=[{**fact, "started_at": 1.0, "seconds": 1, "bytes": 1}])
    assert not Recording.objects.exists()
    assert "cannot be read" in ErrorEntry.objects.get().message


def test_a_file_is_moved_to_the_storage_and_then_leaves_the_disk(destination, node):
    row, file = told(destination, node)
    assert archive.tidy(node=node) == 0
    row.refresh_from_db()
    assert default_storage.open(row.stored_name).read() == CONTENT
    assert (row.path, file.exists(), row.moved_at is not None) == ("", False, True)


def test_another_nodes_files_are_left_alone(destination, node):
    _, file = told(destination, node)
    archive.tidy(node=Node.objects.create(name="there"))
    assert file.exists()


def test_a_full_storage_loses_nothing_and_says_so_once(destination, node, monkeypatch):
    row, file = told(destination, node)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "save", full)
        assert [archive.tidy(node=node), archive.tidy(node=node)] == [1, 1]
    row.refresh_from_db()
    assert "full" in row.error
    assert (file.read_bytes(), row.path, row.stored_name) == (CONTENT, str(file), "")
    assert [e.severity for e in ErrorEntry.objects.all()] == ["error"]
    assert archive.tidy(node=node) == 0
    row.refresh_from_db()
    assert (row.error, file.exists()) == ("", False)


def test_half_a_copy_is_not_taken_for_the_file(destination, node, monkeypatch):
    row, file = told(destination, node)
    with monkeypatch.context() as lying:
        lying.setattr(default_storage, "size", lambda _: 10)
        assert archive.tidy(node=node) == 1
    assert file.exists()
    name = f"recordings/night-fm/{row.started_at:%Y/%m/%d}/{row.pk}.flv"
    with default_storage.open(name, "wb") as half:
        half.write(b"half")
    assert archive.tidy(node=node) == 0
    row.refresh_from_db()
    assert default_storage.open(row.stored_name).read() == CONTENT


def test_a_move_that_was_interrupted_is_finished(destination, node):
    row, file = told(destination, node)
    archive.tidy(node=node)
    file.write_bytes(CONTENT)  # as if it had died before the file left the disk
    Recording.objects.filter(pk=row.pk).update(path=str(file))
    assert archive.tidy(node=node) == 0
    row.refresh_from_db()
    assert (row.path, file.exists(), default_storage.exists(row.stored_name)) == ("", False, True)


def test_what_was_kept_long_enough_is_removed_from_disk_and_storage(destination, node):
    old, _ = told(destination, node, hours_ago=3, file="old.flv")
    archive.tidy(node=node)
    old.refresh_from_db()
    destination.keep_hours, destination.to_storage = 2, False
    destination.save()
    new, new_file = told(destination, node, hours_ago=1, file="new.flv")
    gone, gone_file = told(destination, node, hours_ago=2.1, file="gone.flv")
    assert archive.tidy(node=node) == 0
    assert (default_storage.exists(old.stored_name), gone_file.exists(), new_file.exists()) == (False, False, True)
    for row, removed in ((old, True), (gone, True), (new, False)):
        row.refresh_from_db()
        assert (row.removed_at is not None) is removed


def test_a_file_that_is_gone_is_said_to_be(destination, node):
    row, file = told(destination, node)
    file.unlink()
    assert archive.tidy(node=node) == 0
    row.refresh_from_db()
    assert ("gone" in row.error, row.removed_at is not None) == (True, True)
