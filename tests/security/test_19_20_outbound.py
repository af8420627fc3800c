"""Controls 19 and 20: an address that a person types leads nowhere it must not, and FFmpeg never gets to see it."""

from __future__ import annotations

import ast
import socket
import threading
from dataclasses import dataclass, field

import av
import pytest

from config.lib import http
from config.lib.addresses import AddressRefusedError
from config.lib.problem import LongwaveError
from streaming.playout.errors import SourceError
from streaming.playout.sources.http import Reach, open_stream
from tests.security.reading import calls, imported, modules

SPELLINGS = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://[::1]:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0x7f.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://127.1:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://①②⑦.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://user:word@127.0.0.1:{port}/",
    "http://example.org@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@example.org/",
    "http://127.0.0.1\\@example.org:{port}/",
    "http://169.254.169.254:{port}/",
    "http://10.0.0.1:{port}/",
    "http://[fd00::1]:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/x",
    "ftp://127.0.0.1:{port}/",
    "http+unix://%2Frun%2Fx/",
    "//127.0.0.1:{port}/",
    "data:text/plain,x",
]
# Who may connect at all, and why no person's address of sound or pictures gets there.
CONNECTORS = {
    "config/lib/http.py": "the guarded client",
    "config/alive.py": "our own web process, for the containers' health",
    "config/services/web_probe.py": "our own web process, for whoever starts it",
    "streaming/playout/sources/http.py": "the engine's guarded client for radios",
    "streaming/playout/outputs/wire.py": "destinations, through outputs.addresses",
    "streaming/outputs/reaching.py": "destinations on trial, through outputs.guard",
    "streaming/platforms/wire.py": "YouTube and Twitch, whose addresses stand in the settings",
}


@dataclass
class Canary:
    """A listener that notes whoever connects."""

    port: int = 0
    heard: list[object] = field(default_factory=list)


@pytest.fixture
def canary():
    bird = Canary()

    def listen(listening: socket.socket) -> None:
        while True:
            try:
                connection, who = listening.accept()
            except OSError:
                return
            bird.heard.append(who)
            connection.close()

    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listening:
        bird.port = listening.getsockname()[1]
        thread = threading.Thread(target=listen, args=(listening,))
        thread.start()
        yield bird
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_near_address_reaches_it(canary: Canary, settings, spelling: str):
    settings.OUTBOUND_PRIVATE = False
    url = spelling.format(port=canary.port)
    with pytest.raises(LongwaveError):
        http.get(url, seconds=2)
    if url.startswith("http://") and "\\" not in url:
        with pytest.raises(SourceError):
            open_stream(url, titles=True, reach=Reach(private=False))
    assert canary.heard == []


def test_a_name_that_turns_round_after_the_check_reaches_nothing(canary: Canary, settings, monkeypatch):
    """The first look at the name says a public address, each later one this machine."""
    settings.OUTBOUND_PRIVATE = False
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host, port, *rest, **words):
        if host != "turns.test":
            return real(host, port, *rest, **words)
        asked.append(host)
        return real("192.0.2.1" if len(asked) % 2 else "127.0.0.1", port, *rest, **words)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for _ in range(4):
        with pytest.raises(LongwaveError):
            http.get(f"http://turns.test:{canary.port}/", seconds=0.3)
    assert (len(asked), canary.heard) == (4, [])


def test_only_known_places_open_connections():
    words = {"socket.create_connection", "httpx2.Client", "http.client.HTTPConnection", "HTTPConnection", "urlopen"}
    found = set()
    for path, tree in modules():
        named = {name for name, _ in calls(tree)} & words
        if named or {"requests", "urllib.request", "aiohttp", "httpx"} & set(imported(tree)):
            found.add(str(path))
    assert found <= set(CONNECTORS), found - set(CONNECTORS)
    assert {"config/lib/http.py", "streaming/playout/sources/http.py"} <= found


def test_libav_is_never_given_an_address():
    """What it opens is a handle, a file of ours or a reader; and where it may look for more is nowhere."""
    for path, tree in modules():
        for name, call in calls(tree):
            if name != "av.open":
                continue
            what = ast.unparse(call.args[0])
            assert "url" not in what.lower(), f"{path}:{call.lineno}"
            assert "://" not in what, f"{path}:{call.lineno}"


def test_a_playlist_from_a_radio_leads_libav_nowhere(canary: Canary):
    import io

    sent = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{canary.port}/a.ts\n#EXT-X-ENDLIST\n"
    lists = {"format_whitelist": "mp3,aac,ogg,flac", "protocol_whitelist": ""}
    with pytest.raises((av.error.FFmpegError, ValueError)):
        av.open(io.BytesIO(sent.encode()), "r", options=lists)
    assert canary.heard == []


def test_a_refusal_is_an_answer_and_not_a_crash(settings):
    settings.OUTBOUND_PRIVATE = False
    with pytest.raises(AddressRefusedError) as refused:
        http.get("http://127.0.0.1/")
    assert refused.value.status == 422
