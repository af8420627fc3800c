"""Licences are checked before they are kept, and kept while something is under them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.utils import timezone

from catalog.licences.errors import LicenceInUseError, LicenceInvalidError, ProofTooLargeError
from catalog.licences.models import Licence
from catalog.licences.proof import MOST_BYTES, keep_proof
from catalog.licences.services import put_under, remove_licence, save_licence
from catalog.models import Loop
from tests.factories import make_licence, make_loop

pytestmark = pytest.mark.django_db
GOOD = {"name": "Stock pack", "owner": "A library", "kind": "stock"}
NOW = timezone.now()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " \x00 "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"owner": ""}, "owner"),
        ({"kind": "mine"}, "kind"),
        ({"consent": "perhaps"}, "consent"),
        ({"proof_url": "javascript:alert(1)"}, "proof_url"),
        ({"proof_url": "ftp://example.org/licence"}, "proof_url"),
        ({"valid_from": NOW, "valid_until": NOW}, "valid_until"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_kept(fields, wrong):
    with pytest.raises(LicenceInvalidError) as refused:
        save_licence(licence=Licence(**{**GOOD, **fields}))
    assert refused.value.field == wrong
    assert not Licence.objects.exists()


def test_a_name_is_one_licence_s():
    licence = save_licence(licence=Licence(**GOOD))
    save_licence(licence=licence)
    with pytest.raises(LicenceInvalidError, match="There is a licence “Stock pack” already"):
        save_licence(licence=Licence(**GOOD))


def test_the_database_keeps_terms_the_right_way_round_too():
    with pytest.raises(IntegrityError, match="licence_ends_after_it_begins"):
        make_licence(valid_from=NOW, valid_until=NOW - timedelta(days=1))


def test_what_something_is_under_is_not_forgotten():
    licence = make_licence()
    put_under(licence=licence, loops=[make_loop()])
    with pytest.raises(LicenceInUseError, match="1 loops and tracks are under “Stock pack”"):
        remove_licence(licence=licence)
    put_under(licence=None, loops=Loop.objects.all())
    remove_licence(licence=licence)
    assert not Licence.objects.exists()


def test_what_longwave_draws_itself_needs_no_licence():
    slate = make_loop("Slate", builtin="slate")
    assert put_under(licence=make_licence(), loops=[slate]) == 0


def test_every_state_agrees_with_the_query():
    day = timedelta(days=1)
    terms = [(None, None), (NOW - day, None), (NOW + day, None), (None, NOW - day), (None, NOW + day), (NOW - day, NOW)]
    for number, (begin, end) in enumerate(terms):
        for consent in Licence.Consent.values:
            make_licence(f"{number} {consent}", valid_from=begin, valid_until=end, consent=consent)
    in_force = {licence.pk for licence in Licence.objects.in_force(NOW)}
    assert in_force == {one.pk for one in Licence.objects.all() if one.state_at(NOW) == Licence.State.IN_FORCE}
    assert len(in_force) == 9


def upload(content: bytes, name: str = "licence.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.usefixtures("places")
def test_a_proof_has_a_name_of_ours_and_the_one_before_goes(django_capture_on_commit_callbacks):
    licence = make_licence()
    first = str(keep_proof(licence=licence, upload=upload(b"%PDF-1.7", "../../../etc/passwd\x00.html")).proof_file)
    assert first.startswith("licences/")
    assert first.endswith(".pdf")
    assert licence.proof_name == "passwd.html"
    with django_capture_on_commit_callbacks(execute=True):
        second = str(keep_proof(licence=licence, upload=upload(b"\x89PNG\r\n\x1a\n", "a.png")).proof_file)
    assert default_storage.exists(second)
    assert not default_storage.exists(first)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"<svg onload=alert(1)>", b"", b"PK\x03\x04"])
def test_a_proof_is_told_by_its_bytes_not_by_its_name(content):
    with pytest.raises(LicenceInvalidError, match="A proof is a PDF, a PNG or a JPEG"):
        keep_proof(licence=make_licence(), upload=upload(content))


def test_a_proof_that_is_too_large_is_refused_before_it_is_read():
    file = upload(b"%PDF-1.7")
    file.size = MOST_BYTES + 1
    with pytest.raises(ProofTooLargeError, match="at most 10 MB"):
        keep_proof(licence=make_licence(), upload=file)
