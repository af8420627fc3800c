"""Says in the OpenAPI document how each operation refuses: with problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
CHANGES = frozenset({"post", "put", "patch", "delete"})
REFUSALS = {
    "400": "The request is no JSON, or cannot be read.",
    "401": "Nobody is known by what was sent, or nothing was sent.",
    "403": "Whoever asks may not do this.",
    "404": "It is not there, or not for whoever asks.",
    "409": "It cannot be done as things are now.",
    "413": "The body is larger than may be sent.",
    "415": "The body is of a kind that is not taken here.",
    "422": "A field is wrong; `errors` names it.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "507": "No space is left to store it.",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong, and which fields are to blame.",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["field", "detail"],
            },
        },
    },
    "required": ["title", "status"],
}


def add_refusals(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to every operation the refusals it can answer with (drf-spectacular's ``POSTPROCESSING_HOOKS``)."""
    parts = result["components"]
    parts["schemas"]["Problem"] = PROBLEM
    parts["responses"] = {f"Refused{status}": _response(words) for status, words in REFUSALS.items()}
    for line in result["paths"].values():
        for method in METHODS:
            if method in line:
                _refuses(method, line[method])
    return result


def _refuses(method: str, operation: dict[str, Any]) -> None:
    kinds = operation.get("requestBody", {}).get("content", {})
    found = ["400", "401", "403", "404", "429"]
    if method in CHANGES:
        found += ["409", "422"]
    elif any(one["in"] == "query" for one in operation.get("parameters", [])):
        found += ["422"]
    if kinds:
        found += ["413", "415"]
    if "multipart/form-data" in kinds:
        found += ["507"]
    for status in found:
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Refused{status}"})


def _response(words: str) -> dict[str, Any]:
    told: dict[str, Any] = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": told}}}
