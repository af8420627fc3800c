"""What MSG91 is told, and what its answers mean."""

from __future__ import annotations

import pytest

from accounts.signin.phone import msg91 as client
from accounts.signin.phone.errors import SmsAwayError, SmsRefusedError
from tests.fakes.msg91 import KEY, ROOT

CODE = "482913"


def send():
    client.send(phone="+919876543210", code=CODE, minutes=10)


def test_a_code_is_sent_in_the_body_and_stands_in_no_address(msg91, settings):
    settings.MSG91_SENDER = "LNGWAV"
    send()
    message = msg91.messages[0]
    assert (message.mobile, message.otp) == ("919876543210", CODE)
    assert message.body["otp_expiry"] == 10
    assert message.body["sender"] == "LNGWAV"
    assert msg91.paths == [f"{ROOT}/otp"]


@pytest.mark.parametrize(
    "said",
    [
        {"type": "error", "message": "Template ID Missing"},
        {"type": "error", "message": "OTP retry count maxed out"},
        {"message": "no type at all"},
        [],
        b"<html>",
        b"",
    ],
)
def test_status_200_is_believed_only_with_success(msg91, said):
    msg91.answers.append((200, said))
    with pytest.raises(SmsRefusedError):
        send()


def test_an_older_answer_has_its_id_elsewhere(msg91):
    msg91.answers.append((200, {"type": "success", "message": "30696d74424c333539323132"}))
    send()


def test_a_wrong_key_is_told_without_the_key(msg91, settings):
    settings.MSG91_AUTH_KEY = "another-secret-key"
    with pytest.raises(SmsRefusedError, match="Invalid authkey") as refused:
        send()
    assert "another-secret-key" not in str(refused.value)


def test_a_reason_that_repeats_code_and_key_is_told_without_them(msg91):
    msg91.answers.append((200, {"type": "error", "message": f"cannot send {CODE} with\n{KEY} " + "x" * 999}))
    with pytest.raises(SmsRefusedError) as refused:
        send()
    told = str(refused.value)
    assert CODE not in told
    assert KEY not in told
    assert "\n" not in told
    assert len(told) < 250


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_may_be_asked_again(msg91, status):
    msg91.answers.append((status, b"oops"))
    with pytest.raises(SmsAwayError):
        send()


@pytest.mark.usefixtures("msg91")
def test_a_server_that_is_not_there_may_be_asked_again(settings):
    settings.MSG91_URL = "http://127.0.0.1:1/api/v5"
    with pytest.raises(SmsAwayError, match="cannot be reached") as away:
        send()
    assert CODE not in str(away.value)
