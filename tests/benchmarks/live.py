"""How fast a change reaches many live sockets, and what one that never reads costs.

    bin/manage … is not needed: ``.venv/bin/python -m tests.benchmarks.live URL SLUG [SOCKETS] [ROUNDS]``

against a running server (`bin/up`) whose REDIS_URL is in the environment; the station's page shows the messages.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import sys
import time
from statistics import median, quantiles
from urllib.parse import urlsplit

import django
import psutil

SETTLE_SECONDS = 2.0
FLOOD = 2000


class Socket:
    """Just enough of RFC 6455 to read text frames; answers no pings, so keep rounds within a minute."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, host: str, port: int, slug: str) -> Socket:
        reader, writer = await asyncio.open_connection(host, port, limit=2**16)
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET /ws/stations/{slug}/ HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        writer.write(
            f"{head}Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer:
            raise ConnectionError(answer.decode())
        return cls(reader, writer)

    async def text(self) -> str:
        while True:
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size > 125:
                wide = 2 if size == 126 else 8
                size = struct.unpack(">H" if wide == 2 else ">Q", await self.reader.readexactly(wide))[0]
            body = await self.reader.readexactly(size)
            if first & 0x0F == 1:
                return body.decode()


async def round_trip(sockets: list[Socket], topic: str, message: dict[str, object], mark: str) -> list[float]:
    """Say once; return each socket's seconds until it had it."""
    from config.lib import broadcast

    async def wait(socket: Socket) -> float:
        while mark not in await socket.text():
            pass
        return time.perf_counter() - began

    began = time.perf_counter()
    waiting = [asyncio.create_task(wait(socket)) for socket in sockets]
    await asyncio.to_thread(broadcast.say, topic, {**message, "name": mark})
    return await asyncio.gather(*waiting)


def server(port: int) -> psutil.Process:
    pids = {c.pid for c in psutil.net_connections("tcp") if c.laddr and c.laddr[1] == port and c.status == "LISTEN"}
    return psutil.Process(max(pid for pid in pids if pid))


async def run(url: str, slug: str, count: int, rounds: int) -> None:
    from config.lib import broadcast

    address = urlsplit(url)
    host, port = address.hostname or "127.0.0.1", address.port or 80
    process, topic = server(port), f"station:{slug}"
    before = process.memory_info().rss
    began = time.perf_counter()
    sockets: list[Socket] = []
    for _ in range(0, count, 50):
        sockets += await asyncio.gather(*(Socket.open(host, port, slug) for _ in range(min(50, count - len(sockets)))))
    snapshot = json.loads((await asyncio.gather(*(socket.text() for socket in sockets)))[0])
    connected, memory = time.perf_counter() - began, process.memory_info().rss
    each = (memory - before) / count / 1024
    print(f"{count} sockets connected and shown the station in {connected:.1f} s, {each:.0f} KB each")
    times = [t for n in range(rounds) for t in await round_trip(sockets, topic, snapshot, f"mark-{n}-")]
    cuts = quantiles(times, n=20)
    p50, p95, most = (1000 * value for value in (median(times), cuts[18], max(times)))
    print(f"{rounds} changes: p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {most:.0f} ms")
    deaf = [await Socket.open(host, port, slug) for _ in range(10)]
    before, size = process.memory_info().rss, len(json.dumps(snapshot))
    for number in range(FLOOD):
        await asyncio.to_thread(broadcast.say, topic, {**snapshot, "name": f"flood-{number}"})
    await asyncio.sleep(SETTLE_SECONDS)
    grown = (process.memory_info().rss - before) / 1024 / 1024
    print(f"{FLOOD} changes of {size} B to {len(deaf)} sockets that never read: memory grew by {grown:.1f} MB")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    words = [*sys.argv[1:], *["200", "5"][len(sys.argv) - 3 :]]
    asyncio.run(run(words[0], words[1], int(words[2]), int(words[3])))
