"""A home of its own for every test of the nodes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from config.lib.places import Places
from tests.factories import make_slate, make_station
from tests.streaming.nodes.stage import stage as make_stage
from tests.streaming.nodes.studio import Studio


@pytest.fixture(autouse=True)
def home(settings):
    """Short, so that sockets' paths fit."""
    places = Places(Path(tempfile.mkdtemp(prefix="lw-node-", dir="/tmp")))
    places.make()
    settings.PLACES = places
    media = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(places.media)}}
    settings.STORAGES = {**settings.STORAGES, "default": media}
    yield places
    shutil.rmtree(places.home)


@pytest.fixture
def stage(home):
    with make_stage() as one:
        yield one


@pytest.fixture
def studio(home, transactional_db):
    studio = Studio()
    make_slate()
    yield studio
    studio.close()


@pytest.fixture
def station(studio):
    return make_station(source_kind="azuracast", wanted_on_air=True)
