"""Asks the API what its document permits, by a test's client, and holds each answer against the document."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

import requests
import schemathesis
from django.core.cache import cache
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model
    from django.test import Client

HOST = "http://testserver"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Where a word in the path says whose key stands after it.
KEYS = {
    "mappings": "streaming.trackmapping",
    "members": "streaming.stationmember",
    "destinations": "streaming.destination",
    "recordings": "streaming.recording",
    "presenter-keys": "streaming.presenterkey",
    "api-keys": "accounts.apikey",
    "loops": "catalog.loop",
    "tracks": "catalog.track",
    "licences": "catalog.licence",
}


def operations() -> list[Any]:
    """Return the document's operations."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(document)
    return [found.ok() for found in schema.get_all_operations()]


def complaints(operation: Any, client: Client, rows: dict[str, Model], examples: int) -> list[str]:
    """Ask so many times, each undone, and return what was answered otherwise than the document says."""
    found: list[str] = []

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def asks(case: Any) -> None:
        case.path_parameters.update(_that_are_there(case, rows))
        found.extend(_wrong(case, client))

    asks()
    return sorted(set(found))


def _that_are_there(case: Any, rows: dict[str, Any]) -> dict[str, Any]:
    """Return keys of rows there are, for about half of the cases; the others keep what was made up."""
    if len(str(case.query) + str(case.body)) % 4 == 0:
        return {}
    known: dict[str, Any] = {"slug": rows["streaming.station"].slug, "name": rows["streaming.node"].name}
    label = next((label for word, label in KEYS.items() if f"/{word}/" in case.path), "")
    if label:
        known["id" if "id" in case.path_parameters else "pk"] = str(rows[label].pk)
    return {name: value for name, value in known.items() if name in case.path_parameters}


def _wrong(case: Any, client: Client) -> Iterator[str]:
    asked = case.as_transport_kwargs(base_url=HOST)
    sent = requests.Request(**{name: asked[name] for name in REQUEST if name in asked}).prepare()
    answer = _answered(client, sent)
    headers = {name.lower(): [value] for name, value in answer.headers.items()}
    told = Response(answer.status_code, headers, _content(answer), sent, elapsed=0.0, verify=False)
    try:
        case.validate_response(told, checks=CHECKS)
    except FailureGroup as group:
        yield from (_words(case, told, failure) for failure in group.exceptions)
    except Failure as failure:
        yield _words(case, told, failure)


REQUEST = ("method", "url", "headers", "params", "data", "json", "files", "cookies")


def _answered(client: Client, sent: requests.PreparedRequest) -> Any:
    cache.clear()
    kept = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    body = sent.body if isinstance(sent.body, bytes) else (sent.body or "").encode()
    with transaction.atomic():
        answer = client.generic(
            sent.method or "GET",
            (sent.url or "").removeprefix(HOST),
            body,
            content_type=str(sent.headers.get("Content-Type", "application/octet-stream")),
        )
        transaction.set_rollback(True)
    client.cookies = kept
    return answer


def _content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _words(case: Any, told: Response, failure: BaseException) -> str:
    said = str(failure).strip().splitlines()
    return f"{case.method} {case.path}: {told.status_code} {' '.join(said[:3])}"
