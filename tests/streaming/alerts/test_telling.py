"""Each message is told once; what fails is tried again in time, and given up in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from streaming.alerts import telling
from streaming.alerts.models import AlertChannel, AlertMessage
from streaming.alerts.services import close_alert
from streaming.alerts.tasks import tell
from tests.fakes.chats import Answer
from tests.plugins.daemon import free_port

pytestmark = pytest.mark.django_db


def later(**span) -> None:
    """Let time pass for every message that waits."""
    AlertMessage.objects.waiting().update(next_try_at=F("next_try_at") - timedelta(**span))


def over() -> None:
    close_alert(kind="destination-down", subject="destination:1")


def test_beginning_and_end_are_told_once_each(chats, add, wrong):
    add("slack")
    wrong()
    tell()
    tell()
    wrong()
    tell()
    over()
    tell()
    tell()

    first, last = [post.body["text"] for post in chats.posts]
    assert "ERROR · destination down" in first
    assert "OVER · destination down" in last
    assert "Nothing arrives at YouTube" in last


def test_what_is_over_before_it_was_told_is_told_in_one_message(chats, add, wrong):
    add("slack")
    wrong()
    over()
    tell()
    tell()
    assert len(chats.posts) == 1
    assert "OVER" in chats.posts[0].body["text"]
    assert "It lasted 0 s" in chats.posts[0].body["text"]


def test_one_channel_that_fails_costs_the_others_nothing(chats, add, wrong):
    add("discord", secret=chats.discord.replace(str(chats.server_address[1]), str(free_port()), 1))
    add("slack")
    wrong()
    assert telling.tell_due() == 2
    assert [post.path.split("/")[1] for post in chats.posts] == ["services"]
    assert AlertMessage.objects.waiting().get().channel.kind == "discord"


def test_a_failure_is_tried_again_later_and_then_told_once(chats, add, wrong):
    channel = add("slack")
    chats.answers.extend([Answer(500, "rollup_error"), Answer(500, "rollup_error")])
    wrong()

    tell()
    tell()
    assert len(chats.posts) == 1, "it is not tried again at once"
    assert "rollup_error" in AlertChannel.objects.get().last_error
    later(seconds=13)
    tell()
    assert len(chats.posts) == 2
    later(seconds=13)
    tell()
    assert len(chats.posts) == 2, "the second wait is longer"
    later(seconds=13)
    tell()
    assert len(chats.posts) == 3

    channel.refresh_from_db()
    assert channel.last_error == ""
    assert AlertMessage.objects.get().sent_at is not None


def test_an_end_waits_until_its_beginning_is_told(chats, add, wrong):
    add("slack")
    chats.answers.append(Answer(500, "rollup_error"))
    wrong()
    tell()
    over()
    tell()
    assert len(chats.posts) == 1
    later(seconds=60)
    tell()
    assert ["OVER" in post.body["text"] for post in chats.posts] == [False, False, True]


def test_the_time_a_service_asks_for_is_given_to_all_of_its_messages(chats, add, wrong):
    add("slack")
    chats.answers.append(Answer(429, "rate_limited", {"Retry-After": "100"}))
    wrong(subject="destination:1")
    wrong(subject="destination:2")
    tell()
    later(seconds=90)
    tell()
    assert len(chats.posts) == 1
    later(seconds=40)
    tell()
    assert len(chats.posts) == 3


def test_it_is_given_up_after_the_last_try_with_its_end(chats, add, wrong):
    add("slack")
    wrong()
    for _ in range(telling.MOST_TRIES + 3):
        chats.answers.append(Answer(500, "rollup_error"))
        tell()
        later(hours=1)
    assert len(chats.posts) == telling.MOST_TRIES
    over()
    chats.answers.clear()
    tell()
    assert len(chats.posts) == telling.MOST_TRIES
    assert AlertMessage.objects.get().given_up_at is not None


def test_a_message_that_is_refused_for_what_it_is_is_given_up_at_once(chats, add, wrong):
    channel = add("slack")
    chats.answers.append(Answer(400, "invalid_payload"))
    wrong()
    tell()
    later(hours=1)
    tell()
    assert len(chats.posts) == 1
    channel.refresh_from_db()
    assert channel.enabled


def test_a_channel_that_is_no_more_is_switched_off_and_left_alone(chats, add, wrong):
    channel = add("discord")
    chats.answers.append(Answer(404, {"message": "Unknown Webhook", "code": 10015}))
    wrong(subject="destination:1")
    wrong(subject="destination:2")
    tell()
    later(hours=1)
    wrong(subject="destination:3")
    tell()

    assert len(chats.posts) == 1
    channel.refresh_from_db()
    assert not channel.enabled
    assert "Unknown Webhook" in channel.last_error
    assert "It was switched off." in channel.last_error
    assert not AlertMessage.objects.waiting().exists()


def test_a_message_whose_sender_died_is_taken_up_again(chats, add, wrong):
    add("slack")
    wrong()
    assert telling._claim(timezone.now()) is not None  # and then the worker is killed
    tell()
    assert chats.posts == []
    later(minutes=3)
    tell()
    assert len(chats.posts) == 1


def test_two_workers_at_once_claim_a_message_once(add, wrong):
    add("slack")
    wrong()
    now = timezone.now()
    assert telling._claim(now) is not None
    assert telling._claim(now) is None


@pytest.mark.parametrize(
    ("tries", "after", "least", "most"), [(1, None, 10, 12), (3, None, 40, 48), (12, 5, 1800, 2160), (1, 90, 90, 108)]
)
def test_waits_double_and_never_undercut_what_was_asked(tries, after, least, most):
    assert least <= telling.wait_before(tries, after=after).total_seconds() <= most
