"""Shuts a process in before it opens a file from outside: no network, no programs, no files but those handed to it.

Several walls, because none is there on every system: an empty network namespace and a user without rights (Linux,
where the kernel lets us), a system call filter (Linux), Apple's sandbox (macOS), resource limits (both).
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import threading
from dataclasses import dataclass

from catalog.media.inside import seccomp

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC = 0x00020000, 0x10000000, 0x40000000, 0x08000000
PARENT_GONE = 75
GRACE = 5
CAPABILITY_VERSION = 0x20080522


@dataclass(frozen=True)
class Limits:
    """What one job may take.

    Attributes:
        seconds: by the clock; the parent ends the job then.
        cpu_seconds: of computing, over all threads.
        memory: bytes of address space.
        file_bytes: the most that may be written to the output.
        open_files: file handles.

    """

    seconds: float
    cpu_seconds: int
    memory: int
    file_bytes: int = 0
    open_files: int = 64


def close(limits: Limits) -> dict[str, bool]:
    """Shut this process in for good, and return which walls stand: ``namespaces``, ``calls``, ``profile``."""
    namespaces = _leave_the_network()
    _limit(limits)
    _give_up_rights()
    return {"namespaces": namespaces, "calls": _filter_calls(), "profile": _apple_profile()}


def end_with_the_parent() -> None:
    """End this process at once when the other end of standard input closes, which is when the parent is gone."""
    threading.Thread(target=_wait_for_the_end, name="parent", daemon=True).start()


def _wait_for_the_end() -> None:
    while os.read(0, 1):
        pass
    os._exit(PARENT_GONE)


def _leave_the_network() -> bool:
    if platform.system() != "Linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC) == 0)


def _give_up_rights() -> None:
    """Drop every capability, also those that root or a new user namespace gives."""
    if platform.system() == "Linux":
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
        nothing = (ctypes.c_uint32 * 6)()
        ctypes.CDLL(None, use_errno=True).capset(header, nothing)


def _filter_calls() -> bool:
    if platform.system() != "Linux":
        return False
    return seccomp.apply()


def _apple_profile() -> bool:
    if platform.system() != "Darwin":
        return False
    profile = b"(version 1)(allow default)(deny network*)(deny file-write*)(deny process-exec)(deny process-fork)"
    message = ctypes.c_char_p()
    library = ctypes.CDLL("/usr/lib/libsandbox.1.dylib")
    return bool(library.sandbox_init(profile, ctypes.c_uint64(0), ctypes.byref(message)) == 0)


def _limit(limits: Limits) -> None:
    wanted = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    if platform.system() == "Linux":  # macOS refuses to limit the address space
        wanted[resource.RLIMIT_AS] = limits.memory
    for name, most in wanted.items():
        _, hard = resource.getrlimit(name)
        # Past the soft limit of computing comes SIGXCPU, which says what happened; at the hard one plain SIGKILL.
        last = most + GRACE if name == resource.RLIMIT_CPU else most
        last = last if hard == resource.RLIM_INFINITY else min(last, hard)
        resource.setrlimit(name, (min(most, last), last))
