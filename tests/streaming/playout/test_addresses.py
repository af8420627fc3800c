"""A destination's name leads where it is allowed to lead, and the connection goes to the address that was checked."""

from __future__ import annotations

import socket

import pytest

from streaming.playout.errors import OutputError
from streaming.playout.lease import Fence
from streaming.playout.outputs import addresses
from streaming.playout.outputs.wire import Wire

PRIVATE = ["127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.5.4", "100.64.0.1", "::1", "fd00::1"]
CARRIED = ["::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
NEVER = ["169.254.169.254", "fe80::1", "224.0.0.1", "ff02::1", "::", "240.0.0.1", "::ffff:169.254.169.254"]


@pytest.fixture
def names(monkeypatch):
    """Let names lead where a test says."""
    known: dict[str, list[str]] = {}

    def look_up(host, port, *, type):  # noqa: A002 - the real one's word
        if host not in known:
            raise socket.gaierror(-2, "Name or service not known")
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], type, 6, "", (one, port)) for one in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.mark.parametrize("address", [*PRIVATE, *CARRIED])
def test_inner_addresses_need_leave(names, address):
    names["inner.example"] = [address]
    with pytest.raises(OutputError, match="allow private addresses"):
        addresses.resolve("inner.example", 1935, private=False)
    assert addresses.resolve("inner.example", 1935, private=True)


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_sent_to(names, address):
    names["meta.example"] = [address]
    for private in (False, True):
        with pytest.raises(OutputError, match="never sent to"):
            addresses.resolve("meta.example", 1935, private=private)


def test_one_inner_address_among_public_ones_refuses_the_name(names):
    names["half.example"] = ["93.184.215.14", "10.0.0.1"]
    with pytest.raises(OutputError, match=r"half\.example leads to 10\.0\.0\.1"):
        addresses.resolve("half.example", 1935, private=False)


def test_a_public_name_is_taken_in_the_resolvers_order(names):
    names["two.example"] = ["2606:2800:21f::1", "93.184.215.14"]
    found = addresses.resolve("two.example", 1935, private=False)
    assert [place.address[0] for place in found] == names["two.example"]


def test_a_name_nobody_knows_is_a_sentence(names):
    with pytest.raises(OutputError, match=r"is not known\. Check its spelling"):
        addresses.resolve("gone.example", 1935, private=False)


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch, names):
    """A name that leads elsewhere a moment later leads nowhere."""
    names["turns.example"] = ["93.184.215.14"]
    called = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: called.append(address))
    wire = Wire("turns.example", 1935, Fence(), secure=False, private=False)
    names["turns.example"] = ["127.0.0.1"]
    wire.close()
    assert called == [("93.184.215.14", 1935)]


def test_a_destination_in_here_is_refused_until_it_is_allowed(play):
    here = {"id": "p", "kind": "rtmp", "url": "rtmp://localhost:1/live", "key": "secret-key"}
    player = play(outputs=[here])
    said = player.wait_for("error", about="output:p")["message"]
    assert "allow private addresses" in said
    player.send({"do": "outputs", "outputs": [{**here, "private": True}]})
    player.wait_until(lambda e: e["event"] == "error" and "cannot be reached" in e["message"])
    assert "secret-key" not in (player.folder / "stderr.log").read_text() + str(player.events)
