"""A real nginx with the RTMP module: takes publishes as a platform would, records each, and tells what it saw."""

from __future__ import annotations

import http.server
import os
import queue
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.plugins.daemon import HOST, Daemon, find_program, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = [Path("/usr/lib/nginx/modules/ngx_rtmp_module.so"), Path("/usr/lib64/nginx/modules/ngx_rtmp_module.so")]
APPLICATIONS = ("live", "backup")

CONFIGURATION = """\
load_module {module};
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 128; }}
rtmp {{
    access_log off;
    server {{
        listen {host}:{rtmp};
        chunk_size 4096;
        {applications}
    }}
}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{http};
        location = /stat {{ rtmp_stat all; }}
        location = /up {{ return 204; }}
    }}
}}
"""
APPLICATION = """
        application {name} {{
            live on;
            wait_key off;
            record all;
            record_path {folder}/{name};
            record_unique on;
            notify_method post;
            on_publish http://{host}:{callback}/;
            on_publish_done http://{host}:{callback}/;
            on_record_done http://{host}:{callback}/;
        }}
"""


@dataclass(frozen=True)
class Event:
    """One callback of nginx-rtmp: what happened (``publish``, ``publish_done``, ``record_done``), to which stream."""

    call: str
    app: str
    name: str
    at: float = field(compare=False, default_factory=time.time)
    path: Path | None = None


class NginxRtmp:
    """A running relay: ``rtmp_url`` to publish to, ``recordings``, ``events``, ``stat``."""

    def __init__(self, folder: Path, events: Callbacks) -> None:
        """Write the configuration for two free ports; ``start`` runs it."""
        self.folder = folder
        self.rtmp_port = free_port()
        self.http_port = free_port()
        self._events = events
        self._daemon = Daemon(folder, [str(find_program("nginx")), "-c", str(folder / "nginx.conf")], self.rtmp_port)
        for name in APPLICATIONS:
            (folder / name).mkdir()
        (folder / "nginx.conf").write_text(self._configuration())

    def start(self) -> None:
        """Run nginx (again), on the same ports."""
        self._daemon.start()

    def stop(self) -> None:
        """Ask nginx to end."""
        self._daemon.stop()

    def kill(self) -> None:
        """End nginx at once, as a crashed platform would."""
        self._daemon.kill()

    def rtmp_url(self, app: str = "live", name: str = "") -> str:
        """Where to publish; ``app`` is one of ``live`` and ``backup``; without a name, the address before the key."""
        return f"rtmp://{HOST}:{self.rtmp_port}/{app}" + (f"/{name}" if name else "")

    def recordings(self, app: str = "live") -> list[Path]:
        """Return the FLV files, one per publish, oldest first; the last may still be written."""
        return sorted((self.folder / app).glob("*.flv"), key=lambda file: file.stat().st_ctime_ns)

    @property
    def events(self) -> list[Event]:
        """Everything nginx told so far, oldest first."""
        return list(self._events.seen)

    def publishes(self, name: str, app: str = "live") -> int:
        """Return how often the stream was published."""
        return sum((event.call, event.app, event.name) == ("publish", app, name) for event in self.events)

    def wait_for(self, call: str, name: str, *, app: str = "live", count: int = 1, within: float = 20) -> Event:
        """Return the ``count``-th event of this kind, waiting for it.

        Raises:
            TimeoutError: it did not come in time.

        """
        return self._events.wait(lambda e: (e.call, e.app, e.name) == (call, app, name), count, within)

    def stat(self) -> dict[str, dict[str, dict[str, str]]]:
        """Return /stat as ``{application: {stream: {"bw_in", "bytes_in", "nclients", "time"}}}``."""
        with urllib.request.urlopen(f"http://{HOST}:{self.http_port}/stat", timeout=5) as answer:
            tree = ET.fromstring(answer.read())
        return {
            app.findtext("name", ""): {
                stream.findtext("name", ""): {leaf.tag: leaf.text or "" for leaf in stream if not len(leaf)}
                for stream in app.iter("stream")
            }
            for app in tree.iter("application")
        }

    def _configuration(self) -> str:
        applications = "".join(
            APPLICATION.format(name=name, folder=self.folder, host=HOST, callback=self._events.port)
            for name in APPLICATIONS
        )
        return CONFIGURATION.format(
            module=rtmp_module(),
            user="user root;" if is_root() else "",
            folder=self.folder,
            host=HOST,
            rtmp=self.rtmp_port,
            http=self.http_port,
            applications=applications,
        )


class Callbacks:
    """A tiny HTTP server that says yes to nginx-rtmp and keeps what it was told."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.seen: list[Event] = []
        self._news: queue.Queue[Event] = queue.Queue()
        callbacks = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                callbacks.note(dict(urllib.parse.parse_qsl(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
                """Say nothing: the events are the log."""

        self._server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def note(self, form: dict[str, str]) -> None:
        """Keep one callback."""
        path = Path(form["path"]) if form.get("path") else None
        event = Event(form.get("call", ""), form.get("app", ""), form.get("name", ""), path=path)
        self.seen.append(event)
        self._news.put(event)

    def wait(self, wanted: object, count: int, within: float) -> Event:
        """Return the ``count``-th event that ``wanted`` accepts."""
        assert callable(wanted)
        end = time.monotonic() + within
        while True:
            found = [event for event in list(self.seen) if wanted(event)]
            if len(found) >= count:
                return found[count - 1]
            try:
                self._news.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"nginx did not say it within {within} s; it said {self.seen}") from None

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def rtmp_module() -> Path | None:
    """Return the path of the RTMP module, if it is installed."""
    return next((path for path in MODULES if path.exists()), None)


def is_root() -> bool:
    """Whether the tests run as root."""
    return os.geteuid() == 0


@contextmanager
def running_nginx(folder: Path) -> Iterator[NginxRtmp]:
    """Run a relay in an existing, empty folder."""
    events = Callbacks()
    relay = NginxRtmp(folder, events)
    try:
        relay.start()
        yield relay
    finally:
        relay.stop()
        events.close()
