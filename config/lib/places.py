"""Where Longwave keeps things on this machine: one folder (``LONGWAVE_HOME``), the same layout everywhere."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

# A unix socket's address holds at most 107 bytes on Linux and 103 on macOS (sun_path); names of sockets below
# the folder take up to 48 of them ("encoders/<slug>.sock").
SOCKET_FOLDER_LIMIT = 103 - 48


@dataclass(frozen=True)
class Places:
    """The folders of one installation; ``home`` is absolute."""

    home: Path

    @property
    def media(self) -> Path:
        """Uploaded loops, renditions, thumbnails and tracks, when no object store is set."""
        return self.home / "media"

    @property
    def hls(self) -> Path:
        """HLS previews: one folder per station."""
        return self.home / "hls"

    @property
    def recordings(self) -> Path:
        """Recordings that have not been moved to the media storage: one folder per station."""
        return self.home / "recordings"

    @property
    def logs(self) -> Path:
        """Rotating log files."""
        return self.home / "logs"

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL's data directory."""
        return self.home / "postgres"

    @property
    def valkey(self) -> Path:
        """The embedded Valkey's data directory."""
        return self.home / "valkey"

    @property
    def encoders(self) -> Path:
        """Per station: the encoder's spec, journals and last log lines."""
        return self.home / "encoders"

    @property
    def cache(self) -> Path:
        """Renditions fetched from an object store, by content."""
        return self.home / "cache"

    @property
    def run(self) -> Path:
        """Sockets, locks and pid files; below /tmp if the home's path is too long."""
        inside = self.home / "run"
        if len(os.fsencode(inside)) <= SOCKET_FOLDER_LIMIT:
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        # Not $TMPDIR: it differs between processes, and is long itself on macOS.
        return Path("/tmp") / f"longwave-{os.getuid()}-{digest}"  # noqa: S108 - private; `up` checks whose it is

    @property
    def postgres_socket_folder(self) -> Path:
        """The folder that holds PostgreSQL's socket ``.s.PGSQL.5432``."""
        return self.run / "pg"

    @property
    def valkey_socket(self) -> Path:
        """Valkey's unix socket."""
        return self.run / "valkey.sock"

    @property
    def database_url(self) -> str:
        """The URL of the embedded database."""
        return f"postgresql://longwave@/longwave?host={self.postgres_socket_folder}&port=5432"

    @property
    def redis_url(self) -> str:
        """The URL of the embedded Valkey."""
        return f"unix://{self.valkey_socket}?db=0"

    def make(self) -> None:
        """Create the folders that every process expects; private to the owner."""
        kept = (self.home, self.media, self.hls, self.recordings, self.logs, self.encoders, self.cache)
        for folder in (*kept, self.run):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secret_key(self) -> str:
        """Return this installation's signing key; made once, readable by the owner only."""
        file = self.home / "secret_key"
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_text(encoding="ascii").strip()
        with os.fdopen(handle, "w", encoding="ascii") as out:
            key = secrets.token_urlsafe(64)
            out.write(key)
        return key
