"""Signing in by phone with a program."""

from __future__ import annotations

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.test import Client
from kombu.exceptions import OperationalError

from accounts.signin.models import PhoneChallenge
from accounts.signin.phone import tasks
from tests.accounts.signin.phone.stage import ANA, NOBODY, ask, other_code, show
from tests.factories import enter, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("msg91")]
NUMBER = "/api/v1/auth/phone/number/"


def totp(person):
    secret = Authenticator.objects.get(user=person, type="totp").wrap()
    key = get_adapter().decrypt(secret.instance.data["secret"])
    return f"{hotp_value(key, next(yield_hotp_counters_from_time())):06d}"


def test_a_code_is_good_for_tokens(client, msg91, ana):
    asked = ask(client)
    assert asked.status_code == 202
    assert asked["Cache-Control"] == "no-store"
    answer = show(client, asked.json(), msg91.messages[0].otp)
    assert answer.status_code == 200
    me = client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    assert me.json()["email"] == ana.email


def test_a_second_factor_is_asked_for_and_does_not_use_the_code_up(client, msg91, ana):
    enter(Client(), ana)
    asked = ask(client).json()
    code = msg91.messages[0].otp
    answer = show(client, asked, code)
    assert (answer.status_code, answer.json()["title"]) == (401, "Second factor needed")
    assert show(client, asked, code, second_factor="000000").status_code == 401
    assert show(client, asked, code, second_factor=totp(ana)).status_code == 200
    assert show(client, asked, code, second_factor=totp(ana)).status_code == 401


def test_the_answer_is_the_same_for_a_number_that_nobody_has(client, msg91, ana):
    known, unknown = ask(client), ask(client, NOBODY)
    assert (known.status_code, known.json().keys()) == (unknown.status_code, unknown.json().keys())
    code = msg91.messages[0].otp
    refused = [show(client, asked.json(), other_code(code)) for asked in (known, unknown)]
    assert refused[0].json() == refused[1].json()
    assert len(msg91.messages) == 1


def test_without_the_binding_a_code_opens_nothing(client, msg91, ana):
    asked = ask(client).json()
    answer = show(client, {**asked, "binding": "x" * 43}, msg91.messages[0].otp)
    assert answer.status_code == 401
    assert PhoneChallenge.objects.get().tries == 0


def test_fields_that_are_wrong_are_named(client, msg91):
    answer = ask(client, "0812")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "phone")
    answer = client.post("/api/v1/auth/phone/token/", {"code": "12"}, content_type="application/json")
    assert {error["field"] for error in answer.json()["errors"]} == {"challenge", "binding", "code"}


def test_without_a_sender_the_door_is_not_there(client, settings):
    settings.SMS_PROVIDER = ""
    answer = ask(client)
    assert answer.status_code == 404
    assert "SMS_PROVIDER" in answer.json()["detail"]


def test_while_nothing_can_be_queued_everybody_is_told_so(client, msg91, ana, monkeypatch):
    def gone(*_, **__):
        raise OperationalError("away")

    monkeypatch.setattr(tasks.send_code, "delay", gone)
    for phone in (ANA, NOBODY):
        answer = ask(client, phone)
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")


class TestNumber:
    PASSWORD = "correct horse battery"

    @pytest.fixture
    def bo(self, client):
        person = make_user("bo@example.org")
        enter(client, person)
        return person

    def send(self, client, path, method="post", **fields):
        return getattr(client, method)(path, fields, content_type="application/json")

    def test_a_number_is_kept_after_its_code(self, client, bo, msg91):
        asked = self.send(client, NUMBER, phone=NOBODY, password=self.PASSWORD)
        assert asked.status_code == 202
        proof = {name: asked.json()[name] for name in ("challenge", "binding")}
        kept = self.send(client, f"{NUMBER}code/", code=msg91.messages[0].otp, **proof)
        assert kept.json() == {"phone": NOBODY}
        bo.refresh_from_db()
        assert bo.phone == NOBODY

    @pytest.mark.usefixtures("bo")
    def test_somebody_elses_code_keeps_nothing(self, client, msg91):
        asked = self.send(client, NUMBER, phone=NOBODY, password=self.PASSWORD)
        proof = {name: asked.json()[name] for name in ("challenge", "binding")}
        mallory = enter(Client(), make_user("mallory@example.org"))
        assert self.send(mallory, f"{NUMBER}code/", code=msg91.messages[0].otp, **proof).status_code == 401

    def test_without_the_password_nothing_is_asked_for_and_nothing_forgotten(self, client, bo, msg91):
        bo.phone = NOBODY
        bo.save()
        assert self.send(client, NUMBER, phone=ANA, password="wrong").status_code == 403
        assert self.send(client, NUMBER, "delete", password="wrong").status_code == 403
        bo.refresh_from_db()
        assert bo.phone == NOBODY
        assert not msg91.messages

    def test_a_number_is_forgotten(self, client, bo):
        bo.phone = NOBODY
        bo.save()
        assert self.send(client, NUMBER, "delete", password=self.PASSWORD).status_code == 204
        bo.refresh_from_db()
        assert bo.phone is None

    def test_a_stranger_is_refused(self, client):
        assert self.send(client, NUMBER, phone=ANA, password="x").status_code == 401
