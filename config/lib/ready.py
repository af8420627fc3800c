"""Tells whoever started this process that it is ready: systemd's sd_notify protocol, one datagram.

Without ``NOTIFY_SOCKET`` in the environment nobody asked, and nothing happens.
Source: systemd, sd_notify(3).
"""

from __future__ import annotations

import os
import socket


def say_ready() -> None:
    """Send ``READY=1`` to the supervisor, if there is one."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # Linux's abstract namespace
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.connect(address)
        out.sendall(b"READY=1")
