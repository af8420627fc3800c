"""What the fault tests start: the real engine, whole installations, and the figures they are judged by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.recorded import on_air
from tests.faults.report import NUMBER, Figures
from tests.streaming.playout.conftest import coded_on_air, compiled, pictures, play, tones

__all__ = ["coded_on_air", "compiled", "on_air", "pictures", "play", "tones"]
FIGURES = pytest.StashKey[Figures]()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Take the test's figures: ``figures("T05", "memory grew by", 3.2, "MB", at_most=20)``."""
    taken: Figures = request.node.stash.setdefault(FIGURES, Figures(request.node.nodeid))
    return taken


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Fail a test that ran through with a figure that does not hold; keep that one broke before."""
    taken = pyfuncitem.stash.get(FIGURES, None)
    number = NUMBER.search(pyfuncitem.name)
    try:
        result = yield
    except Exception as error:
        if number and not isinstance(error, pytest.skip.Exception):
            taken = taken or Figures(pyfuncitem.nodeid)
            taken.broke(
                number[1].upper(),
                f"{pyfuncitem.name} broke: {str(error).splitlines()[0][:160] if str(error) else type(error).__name__}",
            )
        raise
    if taken is not None and taken.failed:
        raise AssertionError("\n".join(taken.failed))
    return result
