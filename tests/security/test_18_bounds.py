"""Control 18: no text costs time without end, however long it is and whatever it is made of."""

from __future__ import annotations

import statistics
import time
from typing import Any

import pytest

from accounts.people import phones, services
from accounts.people.errors import PersonRefusedError
from catalog.media.naming import clean_text as clean_tag
from catalog.media.naming import display_name
from catalog.music.track_key import track_key
from catalog.visuals.titles.cleaning import clean_line
from config.lib.problem import LongwaveError
from streaming.sources.cleaning import clean_text
from streaming.sources.titles import split_title

MOST_SECONDS = 0.2
MB = 1_000_000
LONG = {
    "letters": "a" * MB,
    "blanks": " " * MB,
    "brackets": "(" * (MB // 2) + ")" * (MB // 2),
    "marks": "a" + "\u0301" * MB,
    "dashes": " - " * (MB // 3),
    "addresses": "http://" * (MB // 7),
    "controls": "\u202e\x00" * (MB // 2),
    "emoji": "\U0001f468\u200d" * (MB // 2),
    "quotes": "\\\"'" * (MB // 3),
}
READERS: dict[str, Any] = {
    "a source's text": clean_text,
    "a file's tag": lambda text: clean_tag(text, 256),
    "a file's name": display_name,
    "a title that is drawn": clean_line,
    "a title that is split": lambda text: split_title(clean_text(text)),
    "a track's key": lambda text: track_key(clean_text(text), clean_text(text)),
    "a phone number": lambda text: refused(lambda: phones.e164(f"+{text}")),
}


def refused(work):
    with pytest.raises(LongwaveError):
        work()


def seconds(work, text):
    """The median of three turns, of this thread's own computing, so that a busy machine does not count."""
    taken = []
    for _ in range(3):
        began = time.thread_time()
        work(text)
        taken.append(time.thread_time() - began)
    return statistics.median(taken)


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("reader", READERS)
def test_a_million_characters_are_read_at_once(reader, text):
    assert seconds(READERS[reader], text) < MOST_SECONDS


@pytest.mark.django_db
@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_a_profile_of_a_million_characters_is_refused_at_once(cast, text):
    def change(long):
        with pytest.raises(PersonRefusedError):
            services.change_profile(person=cast["listener"], bio=long)

    assert seconds(change, text) < MOST_SECONDS
