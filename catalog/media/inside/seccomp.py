"""A system call filter for Linux: no sockets, no programs, no processes, no new or changed files.

Classic BPF as in ``Documentation/userspace-api/seccomp_filter.rst`` of the kernel. Works without privileges, so also in
containers that forbid namespaces. Numbers: the kernel's ``syscall_64.tbl`` and ``asm-generic/unistd.h``.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER = 38, 22, 2
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
CLONE_THREAD = 0x00010000
# O_WRONLY | O_RDWR | O_CREAT | O_TRUNC: opening a file to change it.
TO_CHANGE = 0o1103
X32_CALLS = 0x40000000


@dataclass(frozen=True)
class Calls:
    """System call numbers of one architecture; ``open`` is 0 where the call does not exist."""

    architecture: int
    denied: tuple[int, ...]
    clone: int
    clone3: int
    openat: int
    open: int = 0


# In both lists, in this order: socket socketpair connect bind listen accept sendto; execve execveat ptrace kill
# process_vm_readv process_vm_writev pidfd_open; io_uring_setup bpf mount unshare setns keyctl userfaultfd
# perf_event_open; openat2 mkdirat mknodat unlinkat symlinkat linkat renameat renameat2 truncate fchmodat. The first
# list goes on with the old forms: fork vfork creat rename mkdir rmdir link unlink symlink chmod chown mknod accept4.
X86_64 = Calls(
    architecture=0xC000003E,
    denied=(
        *(41, 53, 42, 49, 50, 43, 44, 59, 322, 101, 62, 310, 311, 434, 425, 321, 165, 272, 308, 250, 323, 298),
        *(437, 258, 259, 263, 266, 265, 264, 316, 76, 268),
        *(57, 58, 85, 82, 83, 84, 86, 87, 88, 90, 92, 133, 288),
    ),
    clone=56,
    clone3=435,
    openat=257,
    open=2,
)
ARM_64 = Calls(
    architecture=0xC00000B7,
    denied=(
        *(198, 199, 203, 200, 201, 202, 206, 221, 281, 117, 129, 270, 271, 434, 425, 280, 40, 97, 268, 219, 282, 241),
        *(437, 34, 33, 35, 36, 37, 38, 276, 45, 53),
    ),
    clone=220,
    clone3=435,
    openat=56,
)
BY_MACHINE = {"x86_64": X86_64, "aarch64": ARM_64}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def apply() -> bool:
    """Filter this thread and all it starts; false where the kernel or the machine does not know how."""
    calls = BY_MACHINE.get(platform.machine())
    if calls is None:
        return False
    code = b"".join(program(calls))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(_Program(len(code) // 8, code))) == 0)


def program(calls: Calls) -> list[bytes]:
    """Return the filter's instructions, eight bytes each."""
    refused = _instruction(RETURN, 0x00050000 | errno.EPERM)
    code = [
        _instruction(LOAD, ARCHITECTURE),
        _instruction(EQUAL, calls.architecture, 1, 0),
        _instruction(RETURN, KILL),
        _instruction(LOAD, NUMBER),
    ]
    if calls is X86_64:
        code += [_instruction(AT_LEAST, X32_CALLS, 0, 1), refused]
    for number in calls.denied:
        code += [_instruction(EQUAL, number, 0, 1), refused]
    # A C library told that clone3 does not exist falls back to clone, whose flags a filter can see.
    code += [_instruction(EQUAL, calls.clone3, 0, 1), _instruction(RETURN, 0x00050000 | errno.ENOSYS)]
    code += _if_argument(calls.clone, 0, CLONE_THREAD, then=_instruction(RETURN, ALLOW), otherwise=refused)
    code += _if_argument(calls.openat, 2, TO_CHANGE, then=refused, otherwise=_instruction(RETURN, ALLOW))
    if calls.open:
        code += _if_argument(calls.open, 1, TO_CHANGE, then=refused, otherwise=_instruction(RETURN, ALLOW))
    return [*code, _instruction(RETURN, ALLOW)]


def _if_argument(number: int, argument: int, bits: int, *, then: bytes, otherwise: bytes) -> list[bytes]:
    return [
        _instruction(EQUAL, number, 0, 4),
        _instruction(LOAD, FIRST_ARGUMENT + 8 * argument),
        _instruction(ANY_BIT, bits, 0, 1),
        then,
        otherwise,
    ]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
