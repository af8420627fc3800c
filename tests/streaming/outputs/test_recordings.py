"""A recording's file is given to staff, in parts as a player asks, from where it lies; never anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from rest_framework.test import APIClient

from streaming.nodes.models import Node
from streaming.outputs import archive
from streaming.outputs.models import Recording
from tests.factories import enter, make_recording, make_station, make_user

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def places(settings, tmp_path):
    settings.PLACES = type(settings.PLACES)(tmp_path)
    (tmp_path / "recordings").mkdir()
    return tmp_path / "recordings"


def whole(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def file_url(row: Recording) -> str:
    return reverse("admin:streaming_recording_file", args=[row.pk])


def test_a_file_on_disk_is_sent_whole_or_in_parts(operator, places):
    (places / "one.flv").write_bytes(CONTENT)
    row = make_recording(make_station(), path=str(places / "one.flv"))
    answer = operator.get(file_url(row))
    assert whole(answer) == CONTENT
    assert "night-fm-" in answer["Content-Disposition"]
    part = operator.get(file_url(row), headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, CONTENT[10:20])


def test_a_file_in_the_storage_is_sent(operator, places):
    name = default_storage.save("recordings/stored.flv", ContentFile(CONTENT))
    row = make_recording(make_station(), stored_name=name)
    assert whole(operator.get(file_url(row))) == CONTENT


@pytest.mark.parametrize("path", ["/etc/hostname", "../../secret_key", ""])
def test_nothing_but_recordings_is_sent_whatever_the_row_says(operator, places, path):
    (places.parent / "secret_key").write_text("secret")
    row = make_recording(make_station(), path=str(places / path) if path else "")
    assert operator.get(file_url(row)).status_code == 404


def test_a_link_that_leads_out_is_not_followed(operator, places):
    (places / "link.flv").symlink_to("/etc/hostname")
    row = make_recording(make_station(), path=str(places / "link.flv"))
    assert operator.get(file_url(row)).status_code == 404


def test_people_without_the_permission_get_nothing(client, places):
    (places / "one.flv").write_bytes(CONTENT)
    row = make_recording(make_station(), path=str(places / "one.flv"))
    assert client.get(file_url(row)).status_code == 302
    enter(client, make_user("staff@example.org", is_staff=True))
    assert client.get(file_url(row)).status_code == 403


def test_the_list_says_where_each_file_is(operator, places):
    station = make_station()
    make_recording(station, path=str(places / "one.flv"), error="The media storage is full.", sequence=1)
    make_recording(station, stored_name="recordings/x.flv", sequence=2)
    page = operator.get(reverse("admin:streaming_recording_changelist")).content.decode()
    assert "The media storage is full." in page
    assert "Stored" in page


def test_removing_is_done_by_the_machine_that_has_the_file(operator, places):
    node = Node.objects.create(name="here")
    file = places / "one.flv"
    file.write_bytes(CONTENT)
    row = make_recording(make_station(), path=str(file), node=node)
    operator.post(reverse("admin:streaming_recording_remove", args=[row.pk]), {"_form_submitted": "on"})
    assert file.exists()
    assert operator.get(file_url(row)).status_code == 404
    archive.tidy(node=node)
    row.refresh_from_db()
    assert (file.exists(), row.path, row.removed_at is not None) == (False, "", True)


def test_programs_list_and_get_them(places):
    file = places / "one.flv"
    file.write_bytes(CONTENT)
    row = make_recording(make_station(), path=str(file))
    make_recording(make_station("other"))
    staff = APIClient()
    staff.force_authenticate(make_user(is_staff=True, is_superuser=True))
    (told,) = staff.get("/api/v1/stations/night-fm/recordings/").json()["results"]
    assert (told["id"], told["state"], told["is_here"], told["bytes"]) == (str(row.pk), "On disk", True, 1000)
    assert str(Path(row.path).parent) not in str(told)
    assert whole(staff.get(f"/api/v1/stations/night-fm/recordings/{row.pk}/file/")) == CONTENT
    assert staff.get(f"/api/v1/stations/other/recordings/{row.pk}/file/").status_code == 404
    assert staff.delete(f"/api/v1/stations/night-fm/recordings/{row.pk}/").status_code == 204
    assert staff.delete(f"/api/v1/stations/night-fm/recordings/{row.pk}/").status_code == 410
