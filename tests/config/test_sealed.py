"""``manage.py vault``: every stored secret can be sealed anew, at any time and after an interruption."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import BinaryField

from accounts.signin.mfa_adapter import MFAAdapter
from config import sealed
from config.lib import key_ring, vault
from streaming.outputs.keys import srt_passphrase, stream_key
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination
from tests.factories import make_station, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(settings, tmp_path):
    settings.VAULT_KEYS_FILE = tmp_path / "vault_keys"
    return settings.VAULT_KEYS_FILE


@pytest.fixture
def rows():
    """Secrets of three kinds, sealed before there is a ring."""
    station = make_station()
    add_destination(station=station, name="One", url="rtmp://a.example/live", key="key-one-1234")
    add_destination(station=station, name="Two", url="srt://a.example:9000", passphrase="ten characters")
    adapter = MFAAdapter()
    data = {"secret": adapter.encrypt("JBSWY3DPEHPK3PXP"), "used": [1]}
    Authenticator.objects.create(user=make_user(), type="totp", data=data)


def vault_command(*words: str) -> str:
    out = StringIO()
    call_command("vault", *words, stdout=out)
    return out.getvalue()


def everything_reads() -> bool:
    keys = {stream_key(row) or srt_passphrase(row) for row in Destination.objects.all()}
    totp = MFAAdapter().decrypt(Authenticator.objects.get().data["secret"])
    return keys == {"key-one-1234", "ten characters"} and totp == "JBSWY3DPEHPK3PXP"


def test_every_sealed_column_of_every_table_is_listed():
    sealed_columns = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and "sealed" in field.name
    }
    assert sealed_columns <= {(column.model, column.name) for column in sealed.COLUMNS}
    assert len(sealed_columns) >= 7


def test_a_new_key_takes_over_all_that_is_stored_and_the_old_one_can_go(file, rows):
    vault_command("add")
    assert sealed.count_by_key()[key_ring.ring()[0].name] == 0
    assert "3 values were sealed anew" in vault_command("rotate")
    assert everything_reads()
    first = key_ring.ring()[0].name
    assert sealed.count_by_key() == {first: 3}

    vault_command("add")
    vault_command("rotate")
    second = key_ring.ring()[0].name
    assert second != first
    assert sealed.count_by_key() == {second: 3}
    vault_command("drop", first)
    assert [key.name for key in key_ring.ring() if not key.derived] == [second]
    assert everything_reads()


def test_a_round_that_was_cut_off_is_finished_by_the_next(file, rows, monkeypatch):
    vault_command("add")
    whole = vault.seal
    monkeypatch.setattr(vault, "seal", lambda *_, **__: pytest.fail("power cut"))
    with pytest.raises(pytest.fail.Exception):
        vault_command("rotate")
    monkeypatch.setattr(vault, "seal", whole)
    assert everything_reads()
    vault_command("rotate")
    assert everything_reads()
    assert set(sealed.count_by_key()) == {key_ring.ring()[0].name}
    assert "0 values" in vault_command("rotate")


def test_a_value_that_changes_meanwhile_is_not_put_back(file, rows, monkeypatch):
    vault_command("add")
    reading = sealed.Column.anew

    def changed_meanwhile(column, row):
        new = reading(column, row)
        Destination.objects.filter(pk=row.pk).exclude(key_sealed=b"").update(key_sealed=b"newer")
        return new

    monkeypatch.setattr(sealed.Column, "anew", changed_meanwhile)
    vault_command("rotate")
    assert bytes(Destination.objects.get(name="One").key_sealed) == b"newer"


def test_a_key_that_seals_something_is_not_dropped(file, rows):
    vault_command("add")
    vault_command("rotate")
    with pytest.raises(CommandError, match="still seals 3"):
        vault_command("drop", key_ring.ring()[0].name)


def test_rows_whose_key_is_gone_are_named_and_the_rest_is_done(file, rows, settings):
    Destination.objects.filter(name="One").update(key_sealed=b"x" * 40)
    vault_command("add")
    with pytest.raises(CommandError, match=r"Enter them again: streaming\.Destination .*key_sealed"):
        vault_command("rotate")
    assert sealed.count_by_key()[key_ring.ring()[0].name] == 2


def test_the_status_names_keys_and_counts_and_never_a_key(file, rows):
    vault_command("add")
    said = vault_command("status")
    key = key_ring.ring()[0]
    assert key.name in said
    assert "follows from SECRET_KEY" in said
    assert file.read_text().splitlines()[1].split()[0] not in said + vault_command("rotate")


def test_keys_of_the_environment_are_not_changed_here(settings, rows):
    settings.VAULT_KEYS_FILE, settings.VAULT_KEYS = None, key_ring.new_line()
    with pytest.raises(CommandError, match="VAULT_KEYS"):
        vault_command("add")
    assert "3 values were sealed anew" in vault_command("rotate")
