"""Licences through the API: written, changed, proved, taken away as a table; each role what it may."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.licences.models import Licence
from catalog.models import Loop, Track
from tests.factories import make_api_key, make_licence, make_loop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
URL = "/api/v1/licences/"
GOOD = {"name": "Stock pack", "owner": "A library", "kind": "stock"}


@pytest.fixture
def api(client):
    """A manager's program."""
    _, key = make_api_key(make_user("root@example.org", is_staff=True, is_superuser=True))
    client.defaults["HTTP_AUTHORIZATION"] = f"Token {key}"
    return client


def send(api, url: str, body: object, verb: str = "post"):
    return getattr(api, verb)(url, json.dumps(body), content_type="application/json")


def test_a_licence_is_written_read_changed_and_forgotten(api):
    made = send(api, URL, {**GOOD, "valid_until": "2020-01-01T00:00:00Z"})
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["consent"]) == ("over", "unknown")
    page = f"{URL}{made.json()['id']}/"
    assert send(api, page, {"valid_until": None}, "patch").json()["state"] == "in_force"
    assert api.get(URL).json()["results"][0]["name"] == "Stock pack"
    assert api.delete(page).status_code == 204
    assert api.get(page).status_code == 404


def test_what_is_wrong_is_named(api):
    refused = send(api, URL, {**GOOD, "proof_url": "javascript:alert(1)"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "proof_url")
    assert send(api, URL, {"name": "x"}).status_code == 422


def test_read_only_fields_stay_as_they_are(api):
    licence = make_licence()
    sent = {
        "id": "1",
        "state": "over",
        "created_at": "2001-01-01T00:00:00Z",
        "created_by": 5,
        "proof_file": "/etc/passwd",
    }
    assert send(api, f"{URL}{licence.pk}/", sent, "patch").status_code == 200
    assert str(Licence.objects.get().proof_file) == ""


def test_a_loop_and_a_track_are_put_under_it_and_hold_it(api):
    licence, loop = make_licence(), make_loop()
    track = Track.objects.create(artist="Ana", title="Blue", sha256="0" * 64, codec="mp3", duration_ms=1, size=1)
    for kind, item in (("loops", loop), ("tracks", track)):
        answer = send(api, f"/api/v1/{kind}/{item.pk}/licence/", {"licence": str(licence.pk)}, "put")
        assert answer.json() == {"licence": str(licence.pk)}
    assert api.delete(f"{URL}{licence.pk}/").status_code == 409
    send(api, f"/api/v1/loops/{loop.pk}/licence/", {"licence": None}, "put")
    assert Loop.objects.get().licence is None
    assert send(api, f"/api/v1/loops/{loop.pk}/licence/", {"licence": str(loop.pk)}, "put").status_code == 422


def test_a_proof_comes_back_as_a_download_that_runs_nothing(api):
    licence = make_licence()
    url = f"{URL}{licence.pk}/proof/"
    assert api.get(url).status_code == 404
    proof = SimpleUploadedFile("a.pdf", b"%PDF-1.7 proof")
    kept = api.generic("PUT", url, *_multipart(proof))
    assert (kept.status_code, kept.json()["has_proof_file"]) == (200, True)
    answer = api.get(url)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 proof"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def _multipart(file):
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return encode_multipart(BOUNDARY, {"proof": file}), MULTIPART_CONTENT


def test_the_overview_has_every_loop_and_track_and_runs_nothing(api):
    licence = make_licence("=1+1", valid_until=timezone.now() - timedelta(days=1), consent="given")
    make_loop("@rain", licence=licence)
    make_loop("Free")
    make_loop("Slate", builtin="slate")
    text = b"".join(api.get(f"{URL}overview.csv").streaming_content).decode()
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {"'@rain", "Free"}
    assert (rows["'@rain"]["licence"], rows["'@rain"]["state"], rows["Free"]["state"]) == (
        "'=1+1",
        "over",
        "no licence",
    )
    lines = b"".join(api.get(f"{URL}overview.jsonl").streaming_content).decode().splitlines()
    assert {json.loads(line)["name"] for line in lines} == {"@rain", "Free"}
    assert api.get(f"{URL}overview.xlsx").status_code == 404


@pytest.mark.parametrize("staff", [None, {}])
def test_strangers_are_kept_out(client, staff):
    if staff is not None:
        client.force_login(make_user(**staff))
    licence = make_licence()
    for url in (URL, f"{URL}{licence.pk}/", f"{URL}{licence.pk}/proof/", f"{URL}overview.csv"):
        assert client.get(url).status_code in {401, 403}
