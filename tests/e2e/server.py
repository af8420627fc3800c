"""The real web server, as `up` runs it, over the test's database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


class WebServer:
    """daphne on a listening socket that outlives it, so that it can be stopped and started again at one address."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(collect, cwd=ROOT, env=environment(), check=True)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._listener.close()

    def start(self) -> None:
        """Start it and wait until it serves."""
        number = self._listener.fileno()
        command = [sys.executable, "-m", "daphne", "-v", "0", "--fd", str(number), "config.asgi:application"]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            pass_fds=[number],
            stdout=subprocess.DEVNULL,
        )
        # The socket takes connections before the server does: the first answer comes when it is up.
        host, port = self._listener.getsockname()[:2]
        asked = HTTPConnection(host, port, timeout=START_SECONDS)
        asked.request("GET", "/health/live", headers={"Host": "localhost"})
        answer = asked.getresponse()
        asked.close()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"The web server came up and answered {answer.status}.")

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None


def environment() -> dict[str, str]:
    """The suite's environment, with the test database in place of the one it is named after."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {**os.environ, "DATABASE_URL": urlunsplit(url), "LOG_LEVEL": "WARNING"}
