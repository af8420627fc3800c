"""A site (ASGI) that takes its time: a second for every page, and it says so on standard error when it begins."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

SECONDS = 1.0


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer ``done``, slowly."""
    if scope["type"] != "http":
        return
    sys.stderr.write(f"begun {scope['path']}\n")
    sys.stderr.flush()
    await asyncio.sleep(SECONDS)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"done"})
