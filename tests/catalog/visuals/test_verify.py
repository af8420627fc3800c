"""What the compiler's own check of its output finds."""

from __future__ import annotations

import pytest

from catalog.visuals.inside.verify import BadRenditionError, Step, check_steps


def good() -> list[Step]:
    """Ten frames in GOPs of five: I B P B P, closed."""
    order = [0, 2, 1, 4, 3, 5, 7, 6, 9, 8]
    return [Step(shown, place - 1, shown % 5 == 0) for place, shown in enumerate(order)]


def test_a_right_one_passes():
    check_steps(good(), 10, 5)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda steps: steps[:-1], "not exactly the frames"),
        (lambda steps: [*steps, steps[-1]], "not exactly the frames"),
        (lambda steps: [Step(s.shown, s.decoded + (n > 4), s.idr) for n, s in enumerate(steps)], "not one frame apart"),
        (lambda steps: [Step(s.shown, s.decoded + 5, s.idr) for s in steps], "decoding starts"),
        (lambda steps: [Step(s.shown, s.decoded, s.shown == 0) for s in steps], "keyframes"),
        (
            lambda steps: [Step({5: 4, 4: 5}.get(s.shown, s.shown), s.decoded, s.shown in {0, 4}) for s in steps],
            "shown before|keyframes|open",
        ),
    ],
    ids=["one lost", "one doubled", "a gap", "starts late", "gop too long", "open gop"],
)
def test_a_wrong_one_is_named(change, because):
    with pytest.raises(BadRenditionError, match=because):
        check_steps(change(good()), 10, 5)
