"""Control 40: a search, a suggestion and an export find no more than the list does."""

from __future__ import annotations

import pytest

from streaming.outputs.services import add_destination
from tests.factories import enter, make_loop, make_mapping

pytestmark = pytest.mark.django_db
WORD = "zyzzyva"
PART = WORD[:-1]
"""What is searched for: pages repeat it, so that only what was found holds the word whole."""

SEARCHES = [
    f"/admin/streaming/destination/?q={PART}",
    f"/admin/streaming/trackmapping/?q={PART}",
    f"/admin/search/?s={PART}",
    "/admin/streaming/trackmapping/export/",
]


@pytest.fixture
def hidden(cast):
    """Rows with one word, all of a station where the operator is nobody. The station's own name is public."""
    add_destination(station=cast.elsewhere, name=f"To {WORD}", url="rtmp://a.example/live", key="abcd-efgh-ijkl")
    make_mapping(cast.elsewhere, make_loop(), f"ana - {WORD}")
    return cast


@pytest.mark.parametrize("path", SEARCHES)
def test_nobody_finds_by_searching_what_the_list_hides(client, hidden, path):
    enter(client, hidden["operator"])
    answer = client.get(path)
    assert answer.status_code in {200, 302, 403, 404}
    assert WORD not in answer.content.decode()


def test_whoever_may_finds_it(client, hidden):
    """The other half: these searches do look where the word is."""
    enter(client, hidden["admin"])
    found = [path for path in SEARCHES if f"To {WORD}" in client.get(path).content.decode()]
    assert found
