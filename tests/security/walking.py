"""Finds every URL there is, asks at its door as somebody, and tells whether they were let in."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from config.urls import urlpatterns
from tests.factories import enter
from tests.security.cast import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.security.cast import Cast

METHODS = ("get", "post", "put", "patch", "delete")
REFUSED = frozenset({401, 403, 404})
NOT_THERE = 405
SERVER_ERROR = 500
NOT_FOUND_IN_CONSOLE = "/admin/"
"""Where Django leads from a row that there is not, with a sentence."""
WAYS_IN = ("/account/login/", "/admin/login/", "/account/2fa/")


class Route(NamedTuple):
    """A URL pattern as it is written, and the methods it does something on."""

    pattern: str
    methods: tuple[str, ...]


class Answer(NamedTuple):
    """What somebody was answered."""

    status: int
    to: str
    path: str

    @property
    def is_refusal(self) -> bool:
        """Whether they were not let in."""
        return (
            self.status in REFUSED
            or self.to.startswith(WAYS_IN)
            or (self.path.startswith("/admin/") and self.to == NOT_FOUND_IN_CONSOLE)
        )


def routes() -> dict[str, Route]:
    """Return every route by its pattern; what stands there twice (a row's action and a page's) is one."""
    return {route.pattern: route for route in _found(urlpatterns, "")}


def _found(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _found(pattern.url_patterns, path)
        else:
            yield Route(path, _methods(pattern.callback))


def _methods(view: Any) -> tuple[str, ...]:
    """Return what a viewset's or class's view handles; a function may look at any method, so GET and POST are asked."""
    actions = getattr(view, "actions", None)
    if actions:
        return tuple(method for method in METHODS if method in actions)
    cls = getattr(view, "cls", None)
    return tuple(method for method in METHODS if hasattr(cls, method)) if cls else ("get", "post")


def clients(cast: Cast) -> dict[str, Client]:
    """Return a browser for each of the cast; whoever may open the console has given a second factor."""
    found = {name: Client(raise_request_exception=False) for name in NAMES}
    for name, client in found.items():
        person = cast[name]
        if person is not None:
            enter(client, person)
            client.get(reverse("live:stations"))
    return found


def ask(client: Client, method: str, path: str) -> Answer:
    """Ask, with nothing in the body, and undo whatever it did."""
    cache.clear()
    cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    with transaction.atomic():
        kind: dict[str, Any] = {} if method == "post" and not path.startswith("/api/") else {"content_type": JSON}
        answer = client.generic(method.upper(), path, b"" if not kind else b"{}", **kind) if method != "get" else None
        answer = answer if answer is not None else client.get(path)
        transaction.set_rollback(True)
    client.cookies = cookies
    return Answer(answer.status_code, answer.headers.get("Location", ""), path)


JSON = "application/json"
