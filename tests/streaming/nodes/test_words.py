"""What a change says of time depends on the way it came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from streaming.nodes.cueing import word_of
from streaming.sources.models import TrackChange

NOW = timezone.now()


def change(origin: str, *, began: float, number: int = 7) -> TrackChange:
    """A change received now that began so many seconds ago."""
    return TrackChange(
        pk=number, origin=origin, track_key="ana - blue", received_at=NOW, started_at=NOW - timedelta(seconds=began)
    )


@pytest.mark.parametrize(
    ("origin", "began", "seconds_ago", "prompt"),
    [
        ("webhook", 9, 0, True),
        ("feed", 9, 0, True),
        ("poll", 9, 14, False),
        ("poll", 0, 2.5, False),
        ("status", 0, 4, False),
        ("icy", -2, -2, True),
    ],
)
def test_the_instant_a_word_means(origin: str, began: float, seconds_ago: float, prompt: bool):
    word = word_of(change(origin, began=began))
    assert NOW.timestamp() - word.instant == pytest.approx(seconds_ago)
    assert (word.change, word.key, word.prompt, word.from_sound) == (7, "ana - blue", prompt, origin == "icy")
