"""The API is asked what its document permits, as each of the cast: no error of ours, no answer it leaves out."""

from __future__ import annotations

import pytest

from tests.security.cast import NAMES
from tests.security.fuzzing import complaints, operations
from tests.security.house import furnish
from tests.security.walking import clients

FEW, MANY = 1, 60


def asked(cast, name: str, examples: int) -> list[str]:
    rows, client = furnish(cast), clients(cast)[name]
    return [said for operation in operations() for said in complaints(operation, client, rows, examples)]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_one_that_the_document_tells(cast, name):
    assert asked(cast, name, FEW) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_so_is_every_answer_of_very_many(cast, name):
    assert asked(cast, name, MANY) == []
