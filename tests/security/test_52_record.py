"""Control 52: what matters to security is in a structured log and a table, without secrets; errors tell nothing."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.audit.models import Change, SecurityEvent
from accounts.audit.watching import SECRET, Watch
from accounts.audit.words import kinds
from streaming.alerts.refusals import RULES
from streaming.outputs.services import add_destination
from tests.factories import enter, make_api_key, make_station, make_user

pytestmark = pytest.mark.django_db
KEY = "abcd-efgh-ijkl-mnop-qrst"


def kept() -> str:
    rows = [*Change.objects.values(), *SecurityEvent.objects.values()]
    return json.dumps(rows, default=str)


def test_every_refusal_of_a_person_is_written_down(client: Client):
    client.post("/api/v1/auth/token/", {"email": "nobody@example.org", "password": "x"}, "application/json")
    assert SecurityEvent.objects.filter(kind="sign_in", outcome="refused").exists()
    stranger = make_user("stranger@example.org")
    enter(client, stranger)
    assert client.get("/api/v1/nodes/").status_code == 403
    assert SecurityEvent.objects.filter(kind="not_allowed", outcome="refused", person=stranger).exists()


def test_whoever_makes_keys_and_destinations_leaves_a_record_without_the_secret():
    person = make_user()
    _, text = make_api_key(person)
    add_destination(station=make_station(), url="youtube", key=KEY)
    assert "accounts.apikey" in kept()
    assert "streaming.destination" in kept()
    assert text not in kept()
    assert KEY not in kept()
    assert KEY[-4:] not in kept()


def test_no_watched_table_has_a_secret_that_the_record_would_show():
    for label, _ in kinds():
        model = apps.get_model(label)
        [watch] = [t for t in model._meta.triggers if isinstance(t, Watch) and t.name == "audit_rows"]
        silent = {*watch.hidden_columns(model), *watch.ignored_columns(model)}
        shown = {field.column for field in model._meta.fields} - silent
        assert not [name for name in shown if SECRET.search(name)], label
    assert {"accounts.user", "streaming.station", "streaming.destination", "accounts.apikey"} <= {k for k, _ in kinds()}


def test_the_record_can_be_read_by_those_who_may_and_written_by_nobody(client: Client):
    clerk = make_user("clerk@example.org", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__model__in=["change", "securityevent"]))
    enter(client, clerk)
    for name in ("change", "securityevent"):
        assert client.get(reverse(f"admin:accounts_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:accounts_{name}_add")).status_code == 403
    for screen in (admin.site._registry[Change], admin.site._registry[SecurityEvent]):
        assert screen.actions is None


def test_an_error_inside_shows_no_trace(client: Client, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"the password is {KEY}")

    monkeypatch.setattr("streaming.stations.api.StationViewSet.list", broken)
    client.raise_request_exception = False
    answer = client.get("/api/v1/stations/")
    assert answer.status_code == 500
    assert KEY not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_there_is_a_rule_for_each_way_of_trying_doors():
    assert {"sign_in", "code_refused", "locked_out", "not_allowed", "token_reused"} <= set(RULES)


def test_the_log_has_one_line_an_event(client: Client):
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.getLogger().handlers[0].formatter)
    logger = logging.getLogger("security")
    logger.addHandler(handler)
    try:
        body = json.dumps({"email": "a@example.org\r\nevent=forged", "password": "x"})
        client.post("/api/v1/auth/token/", body, "application/json", headers={"User-Agent": "x\r\nforged"})
    finally:
        logger.removeHandler(handler)
    assert "\nforged" not in text.getvalue()
