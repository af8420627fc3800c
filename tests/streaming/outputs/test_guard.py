"""A destination lies on this machine or in a private network only where the operator allows it."""

from __future__ import annotations

import socket

import pytest

from config.lib.addresses import AddressRefusedError
from streaming.outputs import guard
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination, change_destination
from streaming.outputs.trying import try_destination
from tests.factories import make_station

pytestmark = pytest.mark.django_db
PRIVATE = ["127.0.0.1", "10.1.2.3", "192.168.1.9", "172.20.0.2", "[::1]", "[fd00::1]", "localhost", "127.1"]
NEVER = ["169.254.169.254", "[fe80::1]", "0.0.0.0", "[::ffff:169.254.169.254]", "224.0.0.1"]  # noqa: S104 - sent to, not listened on


@pytest.fixture
def station():
    return make_station()


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_until_it_is_allowed(station, host):
    with pytest.raises(DestinationInvalidError, match="allow private addresses") as refused:
        add_destination(station=station, url=f"rtmp://{host}/live", key="key-1")
    assert refused.value.field == "url"
    assert not Destination.objects.exists()
    assert add_destination(station=station, url=f"rtmp://{host}/live", key="key-1", allow_private=True).allow_private


@pytest.mark.parametrize("host", NEVER)
def test_link_local_and_the_like_are_never_sent_to(station, host):
    for kind in ("rtmp://{}/live", "srt://{}:9999", "http://{}/out.m3u8"):
        with pytest.raises(DestinationInvalidError, match="never sent to"):
            add_destination(
                station=station, url=kind.format(host), key="k" if "rtmp" in kind else "", allow_private=True
            )


def test_a_backup_address_is_guarded_too(station):
    with pytest.raises(DestinationInvalidError) as refused:
        add_destination(station=station, url="rtmp://a.example/live", key="k", backup_url="rtmp://10.0.0.1/live")
    assert refused.value.field == "backup_url"


def test_saving_does_not_depend_on_the_name_being_known(station):
    assert add_destination(station=station, url="rtmp://no-such-host.invalid/live", key="key-1").pk


def test_a_change_of_address_is_guarded_and_so_is_taking_the_permission_back(station):
    row = add_destination(station=station, url="rtmp://a.example/live", key="key-1")
    with pytest.raises(DestinationInvalidError):
        change_destination(destination=row, url="rtmp://127.0.0.1/live")
    change_destination(destination=row, url="rtmp://127.0.0.1/live", allow_private=True)
    with pytest.raises(DestinationInvalidError):
        change_destination(destination=row, allow_private=False)
    row.refresh_from_db()
    assert (row.url, row.allow_private) == ("rtmp://127.0.0.1/live", True)


def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch, station):
    row = add_destination(station=station, url="rtmp://trap.example/live", key="key-1")
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1935))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was connected to"))
    assert "private" in try_destination(destination=row).sentence


def test_the_addresses_that_were_checked_are_those_connected_to(monkeypatch):
    told = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 1935)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: told)
    assert guard.checked_addresses("half.example", 1935, allow_private=True) == ["93.184.216.34", "10.0.0.1"]
    with pytest.raises((DestinationInvalidError, AddressRefusedError)):
        guard.checked_addresses("half.example", 1935, allow_private=False)
