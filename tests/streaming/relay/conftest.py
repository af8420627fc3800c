"""A relay as it is delivered: the configuration from the database, a real nginx, our doors behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from streaming.outputs.keys import stream_key
from streaming.outputs.services import add_destination
from tests.factories import make_station
from tests.plugins.daemon import HOST, Daemon, find_program, free_port
from tests.plugins.peers import open_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streaming.outputs.models import Destination

SECRET = "the relay's own"
KEY = "platform-key-1234"


class RelayServer:
    """nginx with the configuration that ``manage.py relay config`` writes."""

    def __init__(self, folder: Path) -> None:
        plan = django_settings.RELAY
        self.folder, self.file = folder, folder / "nginx.conf"
        self.http = f"http://{HOST}:{plan.http_port}"
        self._daemon = Daemon(folder, [str(find_program("nginx")), "-e", "stderr", "-c", str(self.file)], plan.port)

    @property
    def output(self) -> str:
        return self._daemon.output

    def start(self) -> None:
        """Write what the database says, and run nginx (again)."""
        call_command("relay", "config", "--output", str(self.file), "--folder", str(self.folder))
        (self.folder / "door.sock").unlink(missing_ok=True)
        self._daemon.start()

    def stop(self) -> None:
        self._daemon.stop()


@pytest.fixture
def switched_on(settings):
    """A relay's addresses on free ports of this machine."""
    port, http_port = free_port(), free_port()
    settings.RELAY = replace(
        settings.RELAY,
        url=f"rtmp://{HOST}:{port}/relay",
        port=port,
        http_port=http_port,
        stat_url=f"http://{HOST}:{http_port}/stat",
        secret=SECRET,
        callback_url=f"http://{HOST}:1",
        callback_host="localhost",
    )
    settings.RELAY_URL = settings.RELAY.url
    return settings.RELAY


@pytest.fixture
def station(db, switched_on):
    return make_station(wanted_on_air=True)


@pytest.fixture
def inward(station) -> Destination:
    """The encoder's way to the relay."""
    return add_destination(station=station, url="relay")


@pytest.fixture
def to(station):
    """Adds a destination that the relay sends to."""

    def added(url: str, key: str = KEY, **fields) -> Destination:
        given = {"allow_private": True, "via_relay": True, **fields}
        return add_destination(station=station, url=url, key=key, **given)

    return added


@pytest.fixture
def address(inward) -> str:
    """Where the encoder publishes, the secret name included."""
    return f"{django_settings.RELAY_URL}/{stream_key(inward)}"


@pytest.fixture
def relay(switched_on) -> Iterator[RelayServer]:
    with open_folder() as folder:
        server = RelayServer(folder)
        yield server
        server.stop()
