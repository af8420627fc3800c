"""A real Icecast 2.4 on a free port, and a real Liquidsoap that plays MP3 files into it."""

from __future__ import annotations

import grp
import json
import os
import pwd
import secrets
import shutil
import socket
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.plugins.daemon import HOST, Daemon, find_program, free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WEB_FOLDERS = [Path("/usr/share/icecast2"), Path("/usr/share/icecast"), Path("/usr/local/share/icecast")]
CONFIGURATION = """\
<icecast>
  <location>here</location>
  <admin>operator@localhost</admin>
  <limits>
    <clients>50</clients><sources>5</sources>
    <queue-size>524288</queue-size><source-timeout>10</source-timeout>
    <burst-on-connect>1</burst-on-connect><burst-size>65535</burst-size>
  </limits>
  <authentication>
    <source-password>{source}</source-password>
    <relay-password>{relay}</relay-password>
    <admin-user>admin</admin-user><admin-password>{admin}</admin-password>
  </authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>{port}</port><bind-address>{host}</bind-address></listen-socket>
  <fileserve>1</fileserve>
  <paths>
    <basedir>{web}</basedir><logdir>{folder}</logdir><webroot>{web}/web</webroot><adminroot>{web}/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel></logging>
  <security><chroot>0</chroot>{owner}</security>
</icecast>
"""
# set(…) is understood by Liquidsoap 2.0 to 2.3, the properties are not.
SCRIPT = """\
set("init.allow_root", true)
set("log.stdout", true)
set("log.file", false)
set("server.telnet", true)
set("server.telnet.bind_addr", "{host}")
set("server.telnet.port", {telnet})
tracks = playlist(id="tracks", mode="normal", reload_mode="never", "{playlist}")
add_skip_command(tracks)
sound = mksafe(tracks)
output.icecast(
  %mp3(bitrate={bitrate}, samplerate=44100, stereo=true),
  host="{host}", port={port}, password="{password}", mount="{mount}", name="Test radio", sound
)
"""


class Icecast:
    """A running Icecast: ``url`` of a mount, ``status_url``, ``source_password``."""

    def __init__(self, folder: Path) -> None:
        """Write a configuration with random passwords for a free port; ``start`` runs it."""
        self.folder = folder
        self.port = free_port()
        self.source_password = secrets.token_urlsafe(12)
        self.admin_password = secrets.token_urlsafe(12)
        file = folder / "icecast.xml"
        file.write_text(self._configuration())
        self._daemon = Daemon(folder, [str(find_program("icecast2", "icecast")), "-c", str(file)], self.port)
        if user := plain_user():
            shutil.chown(folder, user=user)

    @property
    def status_url(self) -> str:
        """The address of status-json.xsl."""
        return f"http://{HOST}:{self.port}/status-json.xsl"

    def url(self, mount: str = "/radio.mp3") -> str:
        """The address listeners use."""
        return f"http://{HOST}:{self.port}{mount}"

    def start(self) -> None:
        """Run Icecast (again), on the same port."""
        self._daemon.start()

    def stop(self) -> None:
        """Ask Icecast to end."""
        self._daemon.stop()

    def kill(self) -> None:
        """End Icecast at once: listeners lose their connection, the port refuses."""
        self._daemon.kill()

    def status(self) -> dict[str, Any]:
        """Return ``icestats`` of status-json.xsl."""
        with urllib.request.urlopen(self.status_url, timeout=5) as answer:
            stats: dict[str, Any] = json.load(answer)["icestats"]
        return stats

    def has_mount(self, mount: str) -> bool:
        """Whether a source is connected to the mount."""
        sources = self.status().get("source", [])
        sources = sources if isinstance(sources, list) else [sources]
        return any(str(source.get("listenurl", "")).endswith(mount) for source in sources)

    def _configuration(self) -> str:
        user = plain_user()
        owner = f"<changeowner><user>{user}</user><group>{group_of(user)}</group></changeowner>" if user else ""
        return CONFIGURATION.format(
            source=self.source_password,
            relay=secrets.token_urlsafe(12),
            admin=self.admin_password,
            port=self.port,
            host=HOST,
            web=next(folder for folder in WEB_FOLDERS if folder.exists()),
            folder=self.folder,
            owner=owner,
        )


class Liquidsoap:
    """A running Liquidsoap that plays files in order, over and over, into one mount of an Icecast."""

    def __init__(self, folder: Path, icecast: Icecast, tracks: Sequence[Path], mount: str, bitrate: int) -> None:
        """Write the script; ``start`` runs it. ``tracks`` are files with tags, ``bitrate`` is in kbit/s."""
        self.mount = mount
        self._icecast = icecast
        self._telnet = free_port()
        playlist = folder / "tracks.m3u"
        playlist.write_text("".join(f"{track}\n" for track in tracks))
        script = folder / "radio.liq"
        script.write_text(
            SCRIPT.format(
                host=HOST,
                telnet=self._telnet,
                playlist=playlist,
                bitrate=bitrate,
                port=icecast.port,
                password=icecast.source_password,
                mount=mount,
            ),
        )
        self._daemon = Daemon(folder, [str(find_program("liquidsoap")), str(script)], self._telnet)

    @property
    def url(self) -> str:
        """The address listeners use."""
        return self._icecast.url(self.mount)

    def start(self) -> None:
        """Run Liquidsoap (again); returns when the mount has a source."""
        self._daemon.start()
        wait_until(lambda: self._icecast.has_mount(self.mount), within=60, what=f"a source on {self.mount}")

    def stop(self) -> None:
        """Ask Liquidsoap to end: the mount disappears."""
        self._daemon.stop()

    def kill(self) -> None:
        """End Liquidsoap at once."""
        self._daemon.kill()

    def skip(self) -> None:
        """Go to the next track now."""
        with socket.create_connection((HOST, self._telnet), timeout=5) as server:
            server.sendall(b"tracks.skip\nquit\n")
            answer = b"".join(iter(lambda: server.recv(4096), b""))
        if b"Done" not in answer:
            raise RuntimeError(f"Liquidsoap answered {answer!r} to skip")


def plain_user() -> str | None:
    """Name the user that Icecast changes to when root starts it; None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("icecast2", "icecast", "nobody") if name in known)


def group_of(user: str) -> str:
    """Name the user's own group."""
    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


@contextmanager
def running_icecast(folder: Path) -> Iterator[Icecast]:
    """Run an Icecast in an existing, empty folder that other users can reach."""
    icecast = Icecast(folder)
    try:
        icecast.start()
        yield icecast
    finally:
        icecast.stop()
