"""Licences in the console."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from catalog.licences.models import Licence
from catalog.models import Loop
from tests.factories import make_licence, make_loop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
ADD = "/admin/catalog/licence/add/"
LOOPS = "/admin/catalog/loop/"
TYPED = {
    "name": "Stock pack",
    "owner": "A library",
    "kind": "stock",
    "consent": "nobody",
    "valid_from_0": "",
    "valid_from_1": "",
    "valid_until_0": "2030-01-01",
    "valid_until_1": "00:00",
    "proof_url": "",
    "note": "",
}


def test_a_licence_is_written_down_with_its_proof(operator):
    proof = SimpleUploadedFile("licence.pdf", b"%PDF-1.7")
    answer = operator.post(ADD, {**TYPED, "proof": proof})
    assert answer.status_code == 302, answer.content.decode()
    licence = Licence.objects.get()
    assert (licence.created_by.email, licence.proof_name) == ("operator@example.org", "licence.pdf")
    page = operator.get(reverse("admin:catalog_licence_change", args=[licence.pk])).content.decode()
    assert "In force" in page
    proof = operator.get(reverse("admin:catalog_licence_proof", args=[licence.pk]))
    assert proof["Content-Disposition"].startswith("attachment")


def test_what_is_wrong_is_said_at_its_field(operator):
    page = operator.post(ADD, {**TYPED, "valid_from_0": "2031-01-01", "valid_from_1": "00:00"})
    assert "It must end after it begins." in page.content.decode()
    page = operator.post(ADD, {**TYPED, "proof": SimpleUploadedFile("a.pdf", b"<html>")})
    assert "A proof is a PDF" in page.content.decode()
    assert not Licence.objects.exists()


def test_several_loops_are_put_under_one_and_found_by_it(operator):
    licence = make_licence(valid_until=timezone.now() - timedelta(days=1))
    loops = [make_loop("Rain"), make_loop("Fog")]
    chosen = {"action": "put_under", "_selected_action": [loop.pk for loop in loops]}
    assert "Put under a licence" in operator.post(LOOPS, chosen).content.decode()
    operator.post(LOOPS, {**chosen, "answered": "1", "licence": licence.pk})
    assert Loop.objects.filter(licence=licence).count() == 2
    make_loop("Free")
    assert set(operator.get(LOOPS, {"licence": "not"}).context["cl"].result_list) == set(loops)
    assert [loop.name for loop in operator.get(LOOPS, {"licence": "none"}).context["cl"].result_list] == ["Free"]
    assert not operator.get(LOOPS, {"licence": "in-force"}).context["cl"].result_list
    page = operator.get(reverse("admin:catalog_licence_change", args=[licence.pk])).content.decode()
    assert "Rain" in page
    assert operator.get("/admin/catalog/licence/").status_code == 200
    assert operator.post(f"/admin/catalog/licence/{licence.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_loop_s_page_changes_its_licence(operator):
    licence, loop = make_licence(), make_loop("Rain")
    url = reverse("admin:catalog_loop_change", args=[loop.pk])
    inline = {"renditions-TOTAL_FORMS": "0", "renditions-INITIAL_FORMS": "0"}
    answer = operator.post(url, {"name": "Rain", "tags": "", "blend": "auto", "licence": licence.pk, **inline})
    assert answer.status_code == 302, answer.content.decode()
    assert Loop.objects.get().licence == licence


def test_the_overview_is_a_file(operator):
    make_loop("Rain")
    answer = operator.get(reverse("admin:catalog_licence_overview", args=["csv"]))
    assert b"Rain" in b"".join(answer.streaming_content)
