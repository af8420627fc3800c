"""A real Icecast says what plays in its own way, and we understand it."""

from __future__ import annotations

import base64
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest
from django.utils import timezone

from config.lib import http
from streaming.sources.icecast import mounts
from streaming.sources.models import TrackChange
from streaming.sources.pollers import Poller, poller_for
from streaming.sources.services import test_source as try_source
from streaming.stations.models import Station
from tests.factories import make_station
from tests.plugins.daemon import wait_until
from tests.plugins.icecast import Icecast
from tests.streaming.sources.test_trying_a_source import mp3

pytestmark = [pytest.mark.peers("icecast"), pytest.mark.django_db]
MOUNT = "/radio.mp3"
TITLES: dict[str, tuple[str, str] | None] = {
    "Ana - Blue": ("Ana", "Blue"),
    "1999": ("", "1999"),
    "true": ("", "true"),
    "1e5": ("", "1e5"),
    "-5": ("", "-5"),
    "007": ("", "007"),
    "Foo -": ("Foo", ""),
    ".5": ("", ".5"),
    "1.": ("", "1."),
    "-": None,
    " - ": None,
    "": None,
    "Ana\x01 - Blue": ("Ana", "Blue"),
    'Quo"ted\\ - <b>x</b>': ('Quo"ted\\', "<b>x</b>"),
    "Beyoncé \u2013 Halo - x": ("Beyoncé \u2013 Halo", "x"),
    "فيروز - 久石譲": ("فيروز", "久石譲"),
}


class SourceClient:
    """Sends silence to a mount, and titles as an encoder does."""

    def __init__(self, icecast: Icecast, mount: str = MOUNT) -> None:
        self.icecast = icecast
        self.mount = mount
        self.said: str | None = None
        self.password = base64.b64encode(f"source:{icecast.source_password}".encode()).decode()
        self.connection = socket.create_connection(("127.0.0.1", icecast.port), 5)
        self.connection.sendall(
            f"SOURCE {mount} HTTP/1.0\r\nAuthorization: Basic {self.password}\r\n"
            "Content-Type: audio/mpeg\r\nice-name: Test\r\n\r\n".encode(),
        )
        assert b"200" in self.connection.recv(200)
        self.play()

    def play(self) -> None:
        """Send two seconds of sound."""
        self.connection.sendall(mp3(frames=80))

    def say(self, song: str, *, charset: str = "UTF-8") -> None:
        """Set the title, and wait until the status page has it (Icecast takes it up with the next sound)."""
        before = self.page()
        query = {"mount": self.mount, "mode": "updinfo", "song": song, **({"charset": charset} if charset else {})}
        url = f"http://127.0.0.1:{self.icecast.port}/admin/metadata?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {self.password}"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert b"Metadata update successful" in answer.read()
        self.play()
        if song != self.said:
            wait_until(lambda: self.page() != before, within=10, what=f"the title {song!r} on the status page")
        self.said = song

    def page(self) -> bytes:
        return http.get(self.icecast.status_url).body


@pytest.fixture
def source(icecast: Icecast) -> Iterator[SourceClient]:
    client = SourceClient(icecast)
    _wait_for(icecast, MOUNT)
    yield client
    client.connection.close()


@pytest.fixture
def ice_station(db, icecast: Icecast) -> Station:
    return make_station("ice-fm", source_kind="icecast", audio_url=icecast.url(), metadata_url=icecast.status_url)


def _wait_for(icecast: Icecast, *paths: str) -> None:
    def are_there() -> bool:
        found = {mount.path for mount in mounts(http.get(icecast.status_url).body)}
        return found.issuperset(paths)

    wait_until(are_there, within=10, what=f"the mounts {paths}")


def said(station: Station) -> tuple[str, str] | None:
    """What the station's reader makes of the status page now."""
    poller = poller_for(station)
    assert isinstance(poller, Poller)
    report = poller.reader.now(poller.reader.ask().body, received=timezone.now())
    return (report.artist, report.title) if report else None


def test_titles_are_read_as_they_were_meant(source: SourceClient, ice_station: Station):
    read = {}
    for song in TITLES:
        source.say(song)
        read[song] = said(ice_station)
    assert read == TITLES


def test_a_title_whose_charset_was_not_declared_is_mended(source: SourceClient, ice_station: Station):
    source.say("Beyoncé - Halo", charset="")
    assert said(ice_station) == ("Beyoncé", "Halo")


def test_a_server_without_a_source_says_nothing_and_with_two_the_right_one(icecast: Icecast, ice_station: Station):
    assert said(ice_station) is None
    first, second = SourceClient(icecast, "/other.mp3"), SourceClient(icecast)
    _wait_for(icecast, MOUNT, "/other.mp3")
    first.say("Else - Where")
    second.say("Ana - Blue")
    assert said(ice_station) == ("Ana", "Blue")
    for client in (first, second):
        client.connection.close()


def test_titles_become_changes_once_each(source: SourceClient, ice_station: Station):
    poller = poller_for(ice_station)
    assert poller is not None
    for song in ("Ana - Blue", "Ana - Blue", "Ana - Red"):
        source.say(song)
        poller.poll()
    assert list(TrackChange.objects.order_by("id").values_list("title", flat=True)) == ["Blue", "Red"]


def test_a_running_station_is_described(source: SourceClient, ice_station: Station):
    source.say("Ana - Blue")
    result = try_source(station=ice_station)
    assert result.ok, result.sentence
    assert result.sentence.startswith("192 kbit/s MP3, 44.1 kHz stereo, titles in the stream.")
