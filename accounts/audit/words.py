"""Says in words what the record holds: tables, columns, values, doors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from accounts.audit.watching import Watch

if TYPE_CHECKING:
    from accounts.audit.models import Change

HIDDEN = "hidden"
DOORS = {"console": "console", "API": "API", "page": "page", "command": "command", "task": "task", "": "unknown"}
LONGEST = 300


def kinds() -> list[tuple[str, str]]:
    """Return the watched tables: as written down, and in words."""
    models = [m for m in apps.get_models() if any(isinstance(t, Watch) for t in getattr(m._meta, "triggers", ()))]  # noqa: SLF001 - public, says Django
    return sorted(((m._meta.label_lower, str(m._meta.verbose_name)) for m in models), key=lambda pair: pair[1])  # noqa: SLF001 - the same


def kind(label: str) -> str:
    """Return a table in words; one that is no more as it was written down."""
    return dict(kinds()).get(label, label)


def column(label: str, name: str) -> str:
    """Return a column in words."""
    found = _field(label, name)
    return str(found.verbose_name) if found is not None else name.removesuffix("_id").replace("_", " ")


def value(label: str, name: str, written: Any) -> str:
    """Return a value in words: yes and no, a choice's label, what a key points at; cut to 300 characters."""
    if written in (None, "", [], {}):
        return "–"
    if isinstance(written, bool):
        return "yes" if written else "no"
    found = _field(label, name)
    if found is not None and found.is_relation:
        return _named(found, written)
    if isinstance(written, list):
        return ", ".join(map(str, written))[:LONGEST]
    if isinstance(written, dict):
        return str(written)[:LONGEST]
    choices = dict(found.flatchoices) if found is not None and found.choices else {}
    return str(choices.get(written, written))[:LONGEST]


def columns_of(change: Change) -> str:
    """Return the changed columns in one line."""
    return ", ".join(column(change.kind, name) for name in sorted(change.changes))


def _named(field: Any, written: Any) -> str:
    """Return what a foreign key points at, while that is there."""
    target = field.target_field.name
    found = field.related_model._base_manager.filter(**{target: written}).first()  # noqa: SLF001 - the manager that sees all rows
    return f"{found} ({written})"[:LONGEST] if found is not None else f"{written} (gone)"


def _field(label: str, name: str) -> Any:
    try:
        fields = apps.get_model(label)._meta.concrete_fields  # noqa: SLF001 - public, says Django
    except (LookupError, FieldDoesNotExist):
        return None
    return next((field for field in fields if field.column == name), None)
