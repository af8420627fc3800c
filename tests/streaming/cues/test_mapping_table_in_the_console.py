"""An operator sends a table of mappings, sees what it would do, and confirms."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from streaming.cues.models import TrackMapping
from tests.factories import enter, make_loop, make_mapping, make_station, make_user

pytestmark = pytest.mark.django_db
IMPORT = "admin:streaming_trackmapping_import"


@pytest.fixture
def operator(client):
    enter(client, make_user("operator@example.org", is_staff=True, is_superuser=True))
    make_station("night-fm")
    make_loop("Rain")
    return client


def send(operator, text: str):
    file = SimpleUploadedFile("mappings.csv", text.encode(), "text/csv")
    return operator.post(reverse(IMPORT), {"import_file": file, "format": "0", "resource": "0"})


def test_a_table_is_shown_first_and_comes_in_when_confirmed(operator):
    shown = send(operator, "station,artist,title,loop\nnight-fm,Ana,Blue,Rain\n")
    page = shown.content.decode()
    assert "ana - blue" in page
    assert not TrackMapping.objects.exists()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    hidden.pop("csrfmiddlewaretoken", None)
    confirmed = operator.post(reverse("admin:streaming_trackmapping_process_import"), hidden, follow=True)
    assert confirmed.status_code == 200
    assert TrackMapping.objects.get().track_key == "ana - blue"


def test_a_bad_row_is_shown_with_its_column_and_cannot_be_confirmed(operator):
    page = send(operator, "station,artist,title,loop\nday-fm,Ana,Blue,Rain\n").content.decode()
    assert "There is no station &#x27;day-fm&#x27;" in page
    assert "station" in page
    assert "process_import" not in page
    assert not TrackMapping.objects.exists()


def test_the_table_goes_out_as_csv(operator):
    make_mapping(make_station("day-fm"), make_loop("=cmd()"), "ana - blue")
    data = {"format": "0", "resource": "0"}
    fields = ("station", "track_key", "song_id", "loop", "play_count")
    data |= {f"mappingresource_{name}": "on" for name in fields}
    answer = operator.post(reverse("admin:streaming_trackmapping_export"), data)
    assert answer["Content-Type"] == "text/csv"
    assert "day-fm,ana - blue,,'=cmd(),0" in answer.content.decode()


def test_a_listener_gets_neither(client):
    client.force_login(make_user())
    for name in ("import", "export"):
        assert client.get(reverse(f"admin:streaming_trackmapping_{name}")).status_code == 302
