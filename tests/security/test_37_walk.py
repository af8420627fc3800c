"""Control 37: everybody at every door. A route that no table lists fails, and so does a line without a route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.security.cast import NAMES, Cast
from tests.security.doors import Door
from tests.security.doors_api import API
from tests.security.doors_console import CONSOLE_DOORS
from tests.security.doors_pages import PAGES
from tests.security.house import furnish
from tests.security.walking import METHODS, NOT_THERE, SERVER_ERROR, Answer, ask, clients, routes

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

TABLE: dict[str, dict[str, Door]] = {**API, **PAGES, **CONSOLE_DOORS}
ROUTES = routes()
BATCH = 6
REDIRECT = 300


def test_every_route_is_in_the_tables_and_nothing_else():
    assert sorted(ROUTES) == sorted(TABLE)


def test_every_method_of_a_route_is_in_its_line():
    assert {path: set(ROUTES[path].methods) for path in TABLE if path in ROUTES} == {
        path: set(line) for path, line in TABLE.items() if path in ROUTES
    }


class Walker:
    """The cast at the doors of a furnished house."""

    def __init__(self, cast: Cast) -> None:
        """Furnish it and sign everybody in."""
        self.cast = cast
        self.rows: dict[str, Model] = furnish(cast)
        self.clients: dict[str, Client] = clients(cast)

    def complaints(self, pattern: str) -> list[str]:
        """Return a sentence for everybody who was answered otherwise than the table says."""
        path, line = path_of(pattern, self.rows), TABLE[pattern]
        found = []
        for method in METHODS:
            door = line.get(method)
            for name in NAMES:
                if door is None and name in line.get("get", Door()).who:
                    continue  # what they may see, another method shows them again or refuses
                answer = ask(self.clients[name], method, path)
                if not fits(door or Door(proof=line.get("get", Door()).proof), name, answer):
                    found.append(f"{method.upper()} {path} as {name}: {answer.status} {answer.to}")
        return found


def fits(door: Door, name: str, answer: Answer) -> bool:
    """Tell whether an answer is what the table says."""
    if answer.status >= SERVER_ERROR:
        return False
    if answer.status == NOT_THERE:
        return True
    if name in door.who:
        return door.proof or door.empty or not answer.is_refusal
    return answer.is_refusal or (door.proof and answer.status >= REDIRECT)


def path_of(pattern: str, rows: dict[str, Any]) -> str:
    """Return a path that leads to a row of the house."""
    station = rows["streaming.station"]
    of_table = rows.get(".".join(pattern.split("/")[1:3])) if pattern.startswith("admin/") else None
    row = of_table or next((rows[label] for word, label in IN_API.items() if f"/{word}/" in f"/{pattern}"), station)
    filled = {
        "<path:content_type_id>": 1,
        "(?P<url>.*)$": "nowhere",
        "(?P<slug>[^/]+)/?$": station.slug,
        "azuracast/?$": "azuracast",
        r"(?P<form>csv|jsonl)$": "csv",
        r"overview\.": "overview.",
        r"(?P<key>[-:\w]+)/$": "x/",
        "(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "1-x/",
        "(?P<app_label>django_celery_beat|accounts|auth|catalog|streaming)/$": "streaming/",
        "<slug:slug>": station.slug,
        "<slug:form>": "csv",
        "<slug:session>": "none",
        "<str:name>": rows["streaming.node"].name if "nodes" in pattern else "seg1.ts",
        "<uuid:login>": rows["streaming.devicelogin"].pk,
        "<uuid:loop>": rows["catalog.loop"].pk,
        "<int:pk>": row.pk if isinstance(row.pk, int) else 1,
        **{f"<{part}>": row.pk for part in ROW_PARTS},
    }
    path = pattern
    for part, value in filled.items():
        path = path.replace(part, str(value))
    return "/" + path.replace("^", "")


IN_API = {
    "members": "streaming.stationmember",
    "mappings": "streaming.trackmapping",
    "destinations": "streaming.destination",
    "recordings": "streaming.recording",
    "presenter-keys": "streaming.presenterkey",
    "api-keys": "accounts.apikey",
    "account/keys": "accounts.apikey",
    "loops": "catalog.loop",
    "tracks": "catalog.track",
    "licences": "catalog.licence",
}
ROW_PARTS = (
    "path:object_id", "uuid:pk", "id", "uuid:person", "uuid:licence", "uuid:track", "uuid:rendition", "uuid:recording",
    "uuid:station",
)  # fmt: skip
ALL_PATHS = sorted(TABLE)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(ALL_PATHS), BATCH), ids=lambda first: ALL_PATHS[first] or "/")
def test_everybody_is_answered_as_the_tables_say(cast, first):
    walker = Walker(cast)

    assert [said for path in ALL_PATHS[first : first + BATCH] for said in walker.complaints(path)] == []
