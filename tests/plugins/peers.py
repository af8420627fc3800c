"""Real peers for tests: marker ``peers`` and the fixtures ``nginx_rtmp``, ``icecast``, ``liquidsoap``, ``chromium``.

A peer that is not installed skips the test by name; with CI=true it fails it instead.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.plugins.daemon import find_program
from tests.plugins.icecast import Icecast, Liquidsoap, running_icecast
from tests.plugins.nginx_rtmp import NginxRtmp, rtmp_module, running_nginx

LiquidsoapFactory = Callable[..., Liquidsoap]


def missing(name: str) -> str:
    """Say what is not installed for a peer; empty when it can run."""
    if name == "nginx":
        if not find_program("nginx"):
            return "nginx is not installed (Debian: nginx libnginx-mod-rtmp)"
        return "" if rtmp_module() else "nginx's RTMP module is not installed (Debian: libnginx-mod-rtmp)"
    if name == "chromium" and sys.platform == "linux" and not _is_loadable("libatomic.so.1"):
        return "Playwright's driver lacks a library (Debian: libatomic1)"
    programs = {
        "icecast": ("icecast2", "icecast"),
        "liquidsoap": ("liquidsoap",),
        "chromium": ("chromium", "chromium-browser"),
        "ffmpeg": ("ffmpeg",),
        "compiler": ("gcc", "cc", "clang"),
    }[name]
    return "" if find_program(*programs) else f"{name} is not installed (Debian: {programs[0]})"


def _is_loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def require(*names: str) -> None:
    """Skip the running test, or with CI=true fail it, unless these peers can run."""
    reasons = [reason for name in names if (reason := missing(name))]
    if not reasons:
        return
    if os.environ.get("CI", "").lower() in {"true", "1"}:
        pytest.fail(f"needs a real peer: {'; '.join(reasons)}", pytrace=False)
    pytest.skip(f"needs a real peer: {'; '.join(reasons)}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look at ``@pytest.mark.peers("nginx", …)`` before anything is set up for the test."""
    for marker in item.iter_markers("peers"):
        require(*marker.args)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Yield a temporary folder that other users may enter: servers change to theirs."""
    folder = Path(tempfile.mkdtemp(prefix="longwave-peer-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def nginx_rtmp() -> Iterator[NginxRtmp]:
    """A relay that records every publish to its applications ``live`` and ``backup``."""
    require("nginx")
    with open_folder() as folder, running_nginx(folder) as relay:
        yield relay


@pytest.fixture
def icecast() -> Iterator[Icecast]:
    """An Icecast without sources."""
    require("icecast")
    with open_folder() as folder, running_icecast(folder) as server:
        yield server


@pytest.fixture
def liquidsoap(icecast: Icecast) -> Iterator[LiquidsoapFactory]:
    """Return a function ``(tracks, mount="/radio.mp3", bitrate=192)`` that starts a radio on ``icecast``."""
    require("liquidsoap")
    with ExitStack() as stack:

        def play(tracks: Sequence[Path], mount: str = "/radio.mp3", bitrate: int = 192) -> Liquidsoap:
            folder = stack.enter_context(open_folder())
            radio = Liquidsoap(folder, icecast, tracks, mount, bitrate)
            stack.callback(radio.stop)
            radio.start()
            return radio

        yield play


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's browser, for Playwright's ``executable_path``."""
    require("chromium")
    return str(find_program("chromium", "chromium-browser"))
