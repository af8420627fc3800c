"""A site (ASGI) that takes its time: a second for every page, and it says so on standard error when it begins.

``/stuck`` waits in a thread for something that never comes, as a view does whose database hangs.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

SECONDS = 1.0


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer ``done``, slowly."""
    if scope["type"] != "http":
        return
    sys.stderr.write(f"begun {scope['path']}\n")
    sys.stderr.flush()
    if scope["path"] == "/stuck":
        await asyncio.to_thread(threading.Event().wait)
    await asyncio.sleep(SECONDS)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"done"})
