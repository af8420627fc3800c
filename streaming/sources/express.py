"""Takes webhooks before Django's own handler does, because a track change must not wait in its queue.

Under ASGI Django runs each request through eight layers of middleware, most of them synchronous, each with a change
of thread, and gives every request a thread and a database connection of its own. Measured on two cores, that carries
65 webhooks a second; a webhook needs none of it (no session, no cookie, no form, no page). Here the body is read up to
its limit, and the very same view runs in one of a few threads. Under WSGI the view is reached by its URL.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.db import connection
from django.urls import Resolver404, ResolverMatch, resolve

from streaming.sources.webhook import BODY_LIMIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from django.http import HttpRequest, HttpResponseBase

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Mapping[str, Any]]]
    Send = Callable[[Mapping[str, Any]], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

URLS = "streaming.sources.urls"
THREADS = 2  # one is the fastest (the interpreter runs one at a time); two, so that one may wait


class WebhooksFirst:
    """An ASGI application around another one, which gets everything that is no webhook."""

    def __init__(self, application: Application) -> None:
        """Take the application for all else."""
        self.application = application
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        match = _match(scope)
        if match is None:
            await self.application(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return  # the sender has gone
        request = ASGIRequest(scope, BytesIO(body))
        request.resolver_match = match
        response = await asyncio.get_running_loop().run_in_executor(self.threads, _serve, request)
        await _send(response, send)


def _match(scope: Scope) -> ResolverMatch | None:
    if scope["type"] != "http" or not scope["path"].startswith("/webhook/"):
        return None
    try:
        return resolve(scope["path"], URLS)
    except Resolver404:
        return None


async def _read(receive: Receive) -> bytes | None:
    # What is beyond the limit is not kept: the view needs only to see that there is more.
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(body) <= BODY_LIMIT:
            body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body[: BODY_LIMIT + 1])


def _serve(request: ASGIRequest) -> HttpResponseBase:
    try:
        return cast("HttpResponseBase", answer(request))
    finally:
        connection.close()  # back to the pool


@convert_exception_to_response
def answer(request: HttpRequest) -> HttpResponseBase:
    """Call the view that the path named."""
    match = cast("ResolverMatch", request.resolver_match)
    return cast("HttpResponseBase", match.func(request, *match.args, **match.kwargs))


async def _send(response: Any, send: Send) -> None:
    response["Content-Length"] = str(len(response.content))
    headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
