"""Who is at work in this thread of control: what is written beside every change of a watched table.

A request stands for whoever it turns out to come from: the API knows that only once its view has looked at the key.
What no request, command or task has said anything about is written down without a name.
"""

from __future__ import annotations

import getpass
import socket
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from celery import current_task
from django.utils.functional import empty

from config.lib.callers import client_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

TEXT = 200


@dataclass(frozen=True)
class Acting:
    """Who, from where, by which door; ``person`` is an id, ``key`` the beginning of an API key."""

    door: str
    person: str = ""
    who: str = ""
    ip: str | None = None
    path: str = ""
    key: str = ""

    def told(self) -> dict[str, str]:
        """Return what is known of it, as the database takes it."""
        return {name: text for name, text in asdict(self).items() if text}


_request: ContextVar[HttpRequest | None] = ContextVar("acting_request", default=None)
_named: ContextVar[Acting | None] = ContextVar("acting_named", default=None)
_process: list[Acting] = []


def now() -> Acting | None:
    """Return who is at work: a name given for this block, the request, the running task, else the process."""
    named, request = _named.get(), _request.get()
    if named is not None:
        return named
    if request is not None:
        return _of_request(request)
    if current_task:
        return Acting("task", who=socket.gethostname(), path=str(current_task.name)[:TEXT])
    return _process[0] if _process else None


@contextmanager
def serving(request: HttpRequest) -> Iterator[None]:
    """Take whatever the block changes as the caller's doing."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def acting(door: str, *, who: str = "", path: str = "") -> Iterator[None]:
    """Take whatever the block changes as done by ``who`` through ``door``."""
    token = _named.set(Acting(door, who=who[:TEXT], path=path[:TEXT]))
    try:
        yield
    finally:
        _named.reset(token)


def this_process_is_a_command(name: str) -> None:
    """Take what this process changes outside of requests and tasks as the command's, and its caller's."""
    try:
        caller = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in containers
        caller = "?"
    _process[:] = [Acting("command", who=f"{caller}@{socket.gethostname()}", path=name[:TEXT])]


def _of_request(request: HttpRequest) -> Acting:
    person, key = _caller(request), getattr(request, "auth", None)
    return Acting(
        _door(request.path),
        person=str(person.pk) if person is not None else "",
        who=str(person) if person is not None else "",
        ip=client_address(request),
        path=request.path[:TEXT],
        key=str(getattr(key, "prefix", "") or ""),
    )


def _caller(request: HttpRequest) -> Any:
    """Return the person, as far as anybody has looked: a row that is being written is no time to read sessions."""
    person = request.__dict__.get("user")
    if person is not None and getattr(person, "_wrapped", None) is empty:
        person = getattr(request, "_cached_user", None)
    return person if person is not None and person.is_authenticated else None


def _door(path: str) -> str:
    if path.startswith("/admin/"):
        return "console"
    return "API" if path.startswith("/api/") else "page"
