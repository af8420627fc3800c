"""Codes by text message: how they are made and kept (28), tried (29), asked for (30), and where they never are (31)."""

from __future__ import annotations

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.audit.models import SecurityEvent
from accounts.signin.models import PhoneChallenge
from accounts.signin.phone import codes
from tests.accounts.signin.phone.stage import ANA, CODE, NOBODY, SIGN_IN, ana, ask, msg91, no_waiting, other_code, show

__all__ = ["ana", "msg91", "no_waiting"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ana", "msg91")]
at_once = pytest.mark.usefixtures("no_waiting")


@pytest.fixture
def asked(client, msg91):
    """What a program was given, and the code that came."""
    return ask(client).json(), msg91.messages[-1].otp


class Test28:
    def test_a_code_has_six_digits_and_no_two_thousand_are_alike(self):
        made = [codes.new_code() for _ in range(2000)]
        assert all(re.fullmatch(r"[0-9]{6}", code) for code in made)
        assert len(set(made)) > 1900
        assert any(code.startswith("0") for code in made)

    @at_once
    def test_it_is_kept_salted_and_slow(self, client):
        for _ in range(2):
            ask(client)
        one, two = PhoneChallenge.objects.values_list("code_hash", flat=True)
        assert identify_hasher(one).algorithm == "argon2"
        assert identify_hasher(one).decode(one)["salt"] != identify_hasher(two).decode(two)["salt"]
        assert codes.hashed("000000") != codes.hashed("000000")

    def test_it_opens_once(self, client, asked):
        assert show(client, *asked).status_code == 200
        assert show(client, *asked).status_code == 401

    def test_late_it_opens_nothing(self, client, asked):
        row = PhoneChallenge.objects.get()
        assert row.expires_at - row.created_at <= timedelta(minutes=10)
        PhoneChallenge.objects.update(expires_at=timezone.now())
        assert show(client, *asked).status_code == 401

    def test_another_browser_cannot_use_it(self, client, msg91):
        client.post(SIGN_IN, {"phone": ANA})
        thief = Client()
        thief.post(SIGN_IN, {"phone": NOBODY})
        assert "not right" in thief.post(CODE, {"code": msg91.messages[0].otp}).content.decode()
        assert "_auth_user_id" not in thief.session
        assert client.post(CODE, {"code": msg91.messages[0].otp}).status_code == 302

    @at_once
    def test_the_older_code_opens_nothing_once_a_newer_one_was_asked_for(self, client, msg91):
        for _ in range(2):
            client.post(SIGN_IN, {"phone": ANA})
        older, newer = (message.otp for message in msg91.messages)
        assert "not right" in client.post(CODE, {"code": older}).content.decode()
        assert client.post(CODE, {"code": newer}).status_code == 302

    def test_what_binds_it_is_long_and_only_its_hash_is_kept(self, asked):
        assert len(asked[0]["binding"]) >= 43
        assert PhoneChallenge.objects.filter(bound_to=codes.digest(asked[0]["binding"])).exists()
        assert not PhoneChallenge.objects.filter(bound_to=asked[0]["binding"]).exists()


class Test29:
    def test_after_five_wrong_codes_the_right_one_opens_nothing(self, client, asked):
        given, code = asked
        for _ in range(5):
            assert show(client, given, other_code(code)).status_code == 401
        assert show(client, given, code).status_code == 401
        assert PhoneChallenge.objects.get().tries == 5

    @pytest.mark.django_db(transaction=True)
    def test_of_many_guesses_at_once_five_are_looked_at(self, asked, settings, monkeypatch):
        settings.LIMITS = {name: (10_000, seconds) for name, (_, seconds) in settings.LIMITS.items()}
        given, code = asked
        looked_at = []
        monkeypatch.setattr(codes, "is_right", lambda guess, _: looked_at.append(guess))

        def guess(_):
            try:
                return show(Client(), given, other_code(code)).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(12) as crowd:
            said = list(crowd.map(guess, range(120)))
        assert set(said) == {401}
        assert len(looked_at) == 5

    @at_once
    def test_a_hundred_askings_send_five_messages(self, client, msg91, settings):
        settings.LIMITS = {**settings.LIMITS, "phone.address": (1000, 60), "account.address": (1000, 60)}
        said = [ask(client).status_code for _ in range(100)]
        assert said == [202] * 5 + [429] * 95
        assert len(msg91.messages) == 5

    def test_one_address_cannot_have_messages_sent_to_everybody(self, client, settings):
        most = 4
        settings.LIMITS = {**settings.LIMITS, "phone.address": (most, 60)}
        said = [ask(client, f"+6281234560{n:02d}").status_code for n in range(most + 1)]
        assert said == [202] * most + [429]

    def test_between_two_messages_to_a_number_one_waits(self, client):
        ask(client)
        answer = ask(client)
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 30

    @at_once
    def test_guesses_at_a_number_are_counted_over_all_its_codes(self, client, msg91, settings):
        assert settings.LIMITS["phone.tries"] == (20, 24 * 3600)
        settings.LIMITS = {**settings.LIMITS, "phone.tries": (7, 60)}
        given = [(ask(client).json(), msg91.messages[-1].otp) for _ in range(2)]
        said = [show(client, one, other_code(code)).status_code for one, code in given for _ in range(5)]
        assert said == [401] * 7 + [429] * 3


class Test30:
    def test_known_and_unknown_numbers_are_answered_the_same(self, client):
        known, unknown = ask(client), ask(client, NOBODY)
        assert known.status_code == unknown.status_code == 202
        assert known.headers == unknown.headers
        assert {k: len(str(v)) for k, v in known.json().items()} == {k: len(str(v)) for k, v in unknown.json().items()}

    def test_it_takes_as_long_to_ask_for_either(self, client, settings):
        """Both do the same work; the benchmark measures 500 pairs of each kind on the clock, which others share."""
        settings.SMS_PROVIDER = "console"
        settings.LIMITS = {name: (100_000, seconds) for name, (_, seconds) in settings.LIMITS.items()}
        took: dict[str, list[float]] = {ANA: [], NOBODY: []}
        for _ in range(10):
            for phone, times in took.items():
                began = time.thread_time()
                assert ask(client, phone).status_code == 202
                times.append(time.thread_time() - began)
        known, unknown = (statistics.median(times[2:]) for times in took.values())
        assert abs(known - unknown) < max(0.01, known * 0.2)


class Test31:
    def test_a_code_stands_in_no_answer_no_log_no_event_no_address_and_no_queue(self, client, msg91, caplog, capfd):
        caplog.set_level("DEBUG")
        answers = [client.post(SIGN_IN, {"phone": ANA}), client.get(CODE)]
        code = msg91.messages[0].otp
        answers += [client.post(CODE, {"code": other_code(code)}), client.post(CODE, {"code": code})]
        told = "".join(answer.content.decode() + str(answer.headers) for answer in answers)
        written = caplog.text + "".join(capfd.readouterr())
        events = str(list(SecurityEvent.objects.values()))
        for place in (told, written, events, "".join(msg91.paths), str(PhoneChallenge.objects.values())):
            assert code not in re.sub(r"[0-9a-f-]{32,}|\d{2}\.\d+|0x[0-9a-f]+", "", place)
            assert ANA not in place or place == str(PhoneChallenge.objects.values())

    def test_an_error_at_the_sender_tells_no_code(self, client, msg91, caplog):
        msg91.answers.extend([(503, b""), (503, b""), (503, b"")])
        client.post(SIGN_IN, {"phone": ANA})
        assert not msg91.messages
        assert not re.search(r"(?<![0-9a-f.:-])[0-9]{6}(?![0-9a-f.:-])", caplog.text)
