"""What is noted is one line of the log and one row, whatever a caller put into it."""

from __future__ import annotations

import io
import json
import logging
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.audit.models import SecurityEvent
from accounts.audit.services import note

pytestmark = pytest.mark.django_db
NASTY = 'a\r\n{"event": "security.sign_in", "who": "root"}\x00\u2028\x1b[2J'


@pytest.fixture
def lines(settings):
    """The log as it is written."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.getLogger().handlers[0].formatter or _formatter(settings))
    logger = logging.getLogger("security")
    logger.addHandler(handler)
    level, logger.level = logger.level, logging.INFO
    yield lambda: text.getvalue().splitlines()
    logger.removeHandler(handler)
    logger.level = level


def _formatter(settings):
    made = dict(settings.LOGGING["formatters"]["json"])
    return made.pop("()")(**made)


def test_line_breaks_of_a_caller_make_no_line_of_their_own(lines, rf):
    request = rf.get("/", headers={"User-Agent": NASTY})
    note("sign_in", refused=True, who=NASTY, request=request, why=NASTY, tried=[NASTY, uuid4()], name={"a": NASTY})
    [line] = lines()
    told = json.loads(line)
    assert (told["event"], told["outcome"], told["level"]) == ("security.sign_in", "refused", "warning")
    assert "\n" not in told["who"]
    event = SecurityEvent.objects.get()
    assert all(character.isprintable() for character in event.who + event.agent + event.detail["why"])


def test_long_texts_are_cut():
    note("sign_in", who="x" * 5000, why="y" * 5000)
    event = SecurityEvent.objects.get()
    assert (len(event.who), len(event.detail["why"])) == (200, 200)


def test_a_detail_cannot_pass_itself_off_as_who_or_where(lines):
    note("sign_in", who="ana@example.org", ip="6.6.6.6", outcome="done", refused=True)
    [line] = lines()
    assert (json.loads(line)["outcome"], json.loads(line)["ip"]) == ("refused", None)


def test_a_path_is_kept_without_its_query(rf):
    note("not_allowed", refused=True, request=rf.get("/admin/?token=secret"))
    assert SecurityEvent.objects.get().path == "/admin/"


def test_what_cannot_be_stored_is_still_in_the_log_and_spoils_no_transaction(lines):
    with transaction.atomic():
        note("x" * 41)
        note("sign_in")
    assert list(SecurityEvent.objects.values_list("kind", flat=True)) == ["sign_in"]
    assert len(lines()) == 3
