"""Signing in by phone in a browser."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.audit.models import SecurityEvent
from accounts.people.models import User
from accounts.signin.models import PhoneChallenge
from tests.accounts.signin.phone.stage import ANA, CODE, NOBODY, SIGN_IN, other_code
from tests.factories import enter, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("msg91")]
NUMBER, NUMBER_CODE = "/account/phone/number/", "/account/phone/number/code/"


def test_a_code_opens_the_account(client, msg91, ana):
    assert client.post(SIGN_IN, {"phone": "+62 812-3456-789"}).headers["Location"] == CODE
    assert msg91.messages[0].mobile == ANA[1:]
    answer = client.post(CODE, {"code": msg91.messages[0].otp})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(ana.pk)
    assert PhoneChallenge.objects.get().used_at is not None


def test_one_goes_on_to_where_one_came_from_but_only_on_this_site(client, msg91, ana, no_waiting):
    for wanted, landed in (("/account/email/", "/account/email/"), ("//evil.example", "/account/")):
        client.post(SIGN_IN, {"phone": ANA, "next": wanted})
        assert client.post(CODE, {"code": msg91.messages[-1].otp}).headers["Location"] == landed
        client.post("/account/logout/")


def test_staff_need_their_second_factor_all_the_same(client, msg91, ana):
    ana.is_staff = ana.is_superuser = True
    ana.save()
    enter(Client(), ana)  # sets a second factor up
    client.post(SIGN_IN, {"phone": ANA})
    answer = client.post(CODE, {"code": msg91.messages[0].otp})
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302


def test_pages_say_the_same_of_a_number_that_nobody_has(msg91, ana):
    said = []
    for phone in (ANA, NOBODY):
        browser = Client()
        asked = browser.post(SIGN_IN, {"phone": phone})
        page = browser.get(CODE).content.decode().replace(phone[-3:], "…")
        wrong = browser.post(CODE, {"code": "000000"})
        said.append((asked.status_code, asked.headers["Location"], _plain(page), wrong.status_code))
    assert said[0] == said[1]
    assert len(msg91.messages) == 1
    assert PhoneChallenge.objects.count() == 2


def test_a_closed_account_is_sent_nothing(client, msg91, ana):
    ana.is_active = False
    ana.save()
    assert client.post(SIGN_IN, {"phone": ANA}).status_code == 302
    assert not msg91.messages


def test_a_code_that_is_none_is_not_counted_as_a_try(client, msg91, ana):
    client.post(SIGN_IN, {"phone": ANA})
    page = client.post(CODE, {"code": "12345"})
    assert "A code has six digits" in page.content.decode()
    assert PhoneChallenge.objects.get().tries == 0


def test_a_wrong_code_is_said_to_be_wrong_and_written_down(client, msg91, ana):
    client.post(SIGN_IN, {"phone": ANA})
    code = msg91.messages[0].otp
    page = client.post(CODE, {"code": other_code(code)})
    assert "not right, or not any more" in page.content.decode()
    event = SecurityEvent.objects.get(kind="code_refused")
    assert event.who == "…789"
    assert client.post(CODE, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302


def test_without_a_sender_the_pages_are_not_there(client, settings):
    settings.SMS_PROVIDER = ""
    assert client.get(SIGN_IN).status_code == 404
    assert client.get(CODE).status_code == 404


@pytest.mark.parametrize("phone", ["0812345", "+1 2", "hello", ""])
def test_what_is_no_number_is_said_at_its_field(client, msg91, phone):
    page = client.post(SIGN_IN, {"phone": phone})
    assert page.status_code == 200
    assert page.context["form"].errors["phone"]
    assert not PhoneChallenge.objects.exists()


class TestNumber:
    @pytest.fixture
    def bo(self, client):
        person = make_user("bo@example.org")
        enter(client, person)
        return person

    def test_a_number_is_kept_after_its_code(self, client, bo, msg91, mailoutbox):
        assert client.post(NUMBER, {"phone": NOBODY}).headers["Location"] == NUMBER_CODE
        assert phone_of(bo) is None
        assert client.post(NUMBER_CODE, {"code": msg91.messages[0].otp}).headers["Location"] == NUMBER
        assert phone_of(bo) == NOBODY
        assert NOBODY in client.get(NUMBER).content.decode()
        letter = mailoutbox[0]
        assert (letter.to, letter.subject) == ([bo.email], "A phone number was added")
        assert NOBODY not in letter.body
        assert NOBODY[-3:] in letter.body

    @pytest.mark.usefixtures("ana")
    def test_somebody_elses_number_is_not_told_before_its_code(self, client, bo, msg91):
        assert client.post(NUMBER, {"phone": ANA}).status_code == 302
        page = client.post(NUMBER_CODE, {"code": msg91.messages[0].otp})
        assert "Someone with this phone number exists already" in page.content.decode()
        assert phone_of(bo) is None

    @pytest.mark.usefixtures("bo", "ana")
    def test_a_code_that_proves_a_number_signs_nobody_in(self, client):
        client.post(NUMBER, {"phone": ANA})
        assert client.get(CODE).headers["Location"] == SIGN_IN

    def test_a_number_is_forgotten(self, client, bo, mailoutbox):
        bo.phone = NOBODY
        bo.save()
        assert client.post(f"{NUMBER}removed/").headers["Location"] == NUMBER
        assert phone_of(bo) is None
        assert [letter.subject for letter in mailoutbox] == ["Your phone number was removed"]

    def test_a_number_is_forgotten_also_where_no_codes_are_sent_any_more(self, client, bo, settings):
        settings.SMS_PROVIDER = ""
        assert client.get(NUMBER).status_code == 404
        bo.phone = NOBODY
        bo.save()
        page = client.get(NUMBER).content.decode()
        assert "No codes are sent" in page
        assert 'name="phone"' not in page
        assert client.post(f"{NUMBER}removed/").headers["Location"] == "/account/"
        assert phone_of(bo) is None

    def test_a_stranger_has_no_number(self, client):
        for path in (NUMBER, NUMBER_CODE):
            assert client.get(path).headers["Location"].startswith("/account/login/")


def phone_of(person):
    return User.objects.get(pk=person.pk).phone


def _plain(page):
    """A page without what is new in each: tokens and nonces."""
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line and "nonce" not in line]
