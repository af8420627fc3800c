"""What must hold before anything starts: a home we may write to, room on the disk, a free port."""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import socket
from typing import TYPE_CHECKING

from config.services.problems import StartError

if TYPE_CHECKING:
    from pathlib import Path

    from config.lib.places import Places

LEAST_FREE_MB = 500
REMEDY = "free some, or set LONGWAVE_HOME to a folder on a larger disk"


def prepare_home(places: Places) -> None:
    """Make the folders of this home.

    Raises:
        StartError: it is another user's, cannot be written to, or its disk is nearly full.

    """
    existing = next(folder for folder in (places.home, *places.home.parents) if folder.exists())
    _check_owner(places.home)
    try:
        _check_room(existing)
        places.make()
    except OSError as error:
        raise sentence_for(error, places.home) from error
    if not os.access(places.home, os.W_OK | os.X_OK):
        raise _not_writable(places.home)
    _check_run_folder(places.run)


def sentence_for(error: OSError, folder: Path) -> StartError:
    """Say in one sentence what a failed write means."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StartError(f"The disk that holds {folder} is full: {REMEDY}.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}:
        return _not_writable(folder)
    return StartError(f"{folder} cannot be used ({error}): set LONGWAVE_HOME to another folder.")


def listen(host: str, port: int) -> socket.socket:
    """Open the socket that web processes inherit: connections wait in it while one of them is replaced.

    Raises:
        StartError: the port is taken or not ours to use, or the address is not this machine's.

    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=256)
    except socket.gaierror as error:
        raise StartError(f"LONGWAVE_HOST is {host}, which is no address of this machine ({error.strerror}).") from error
    except OSError as error:
        raise StartError(_port_sentence(error, host, port)) from error


def _port_sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: stop that one, or set LONGWAVE_PORT to a free port."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} is for root only: set LONGWAVE_PORT to one above 1023."
    return f"Cannot listen on {host} port {port} ({error.strerror}): check LONGWAVE_HOST and LONGWAVE_PORT."


def _check_owner(home: Path) -> None:
    """Refuse another user's home before root leaves files in it that the other can never change."""
    if not home.exists() or home.stat().st_uid == os.geteuid() or os.geteuid() != 0:
        return
    try:
        owner = pwd.getpwuid(home.stat().st_uid).pw_name
    except KeyError:
        owner = f"user {home.stat().st_uid}"
    raise StartError(f"{home} belongs to {owner}: start as {owner}, or set LONGWAVE_HOME to another folder.")


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < LEAST_FREE_MB:
        raise StartError(f"Only {free} MB are free in {folder}, {LEAST_FREE_MB} are needed: {REMEDY}.")


def _check_run_folder(run: Path) -> None:
    """Below /tmp anyone could have made the folder before us and would see our sockets."""
    status = run.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise StartError(f"{run} is open to other users: remove it, or set LONGWAVE_HOME to a shorter path.")


def _not_writable(folder: Path) -> StartError:
    return StartError(f"{folder} cannot be written to: change its owner, or set LONGWAVE_HOME to a folder of yours.")
