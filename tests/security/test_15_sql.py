"""Control 15: SQL is made by the ORM, or is a constant with parameters; no name of a field comes from a request."""

from __future__ import annotations

import ast

import pytest

from tests.factories import enter, make_loop, make_station, make_user
from tests.security.reading import calls, modules

RAW = {"raw", "extra", "RawSQL"}
# Statements that are handed through, or put together from constants alone.
CONSTANT = {
    "accounts/audit/wire.py": "puts a constant before a statement that Django made",
    "accounts/migrations/0006_old_keys.py": "constants",
    "catalog/visuals/waiting.py": "LISTEN and a constant",
    "config/lib/deadline.py": "hands a constant on",
}
ATTACKS = [
    "_connector=OR 1=1",
    "ordering=(select pg_sleep(5))",
    "ordering=person__password",
    "o=1;select",
    "q=%27%20OR%201%3D1--",
    "station__id=1%27",
    "slug__regex=^",
    "cursor=%27%3B--",
    "person__password__startswith=a",
    "search=%00",
]


def test_no_statement_is_put_together_from_what_varies():
    for path, tree in modules():
        for name, call in calls(tree):
            last = name.rpartition(".")[2]
            assert last not in RAW, f"{path}:{call.lineno}"
            if last in {"execute", "executemany"} and call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
                assert str(path) in CONSTANT, f"{path}:{call.lineno}"


def test_no_request_chooses_the_names_of_columns():
    for path, tree in modules():
        for name, call in calls(tree):
            if name.rpartition(".")[2] not in {"filter", "exclude", "get", "annotate", "order_by", "update", "create"}:
                continue
            spread = [ast.unparse(word.value) for word in call.keywords if word.arg is None]
            assert not [text for text in spread if "request" in text or "validated_data" in text], (
                f"{path}:{call.lineno}"
            )


@pytest.mark.django_db
@pytest.mark.parametrize("query", ATTACKS)
def test_a_query_that_tries_is_answered_without_an_error_of_ours(client, query):
    make_loop()
    make_station()
    enter(client, make_user("admin@example.org", is_staff=True, is_superuser=True))
    for path in ("/api/v1/stations/", "/api/v1/loops/", "/admin/streaming/station/", "/admin/catalog/loop/"):
        assert client.get(f"{path}?{query}").status_code < 500, path
