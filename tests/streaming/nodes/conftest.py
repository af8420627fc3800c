"""A home of its own for every test of the nodes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from config.lib.places import Places
from tests.streaming.nodes.stage import stage as make_stage


@pytest.fixture(autouse=True)
def home(settings):
    """Short, so that sockets' paths fit."""
    places = Places(Path(tempfile.mkdtemp(prefix="lw-node-", dir="/tmp")))
    places.make()
    settings.PLACES = places
    yield places
    shutil.rmtree(places.home)


@pytest.fixture
def stage(home):
    with make_stage() as one:
        yield one
