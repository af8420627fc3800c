"""Triggers that write down what changes in a table: ``Meta.triggers = watch(...)``.

PostgreSQL itself writes the row (function ``longwave_note_change``), so bulk updates, raw SQL and whatever else goes
past the code are seen too. Columns that change by themselves fire nothing: a trigger's WHEN is looked at before any
function is called. Of secrets the record has that they changed, never what they were or are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterable

SECRET = re.compile(r"sealed|secret|digest|password|passphrase|token|hint|hash", re.IGNORECASE)
"""Columns whose values are kept out of the record whether or not a model says so."""


def watch(
    *,
    named: str = "",
    key: str = "id",
    station: str = "",
    hidden: Iterable[str] = (),
    ignored: Iterable[str] = (),
    moving: dict[str, tuple[str, ...]] | None = None,
) -> list[pgtrigger.Trigger]:
    """Return the triggers of a watched table.

    Args:
        named: the column that people know a row by; empty: none.
        key: the column under which the row's history is found; of a table that joins two, the side it belongs to.
        station: the column that names the station the row belongs to; empty: none.
        hidden: columns of which the record says only that they changed (bytes and what is named like a secret always).
        ignored: columns whose changes are not written down: counters, what encoders report, times of use.
        moving: by column of JSON, keys whose changes alone are not written down.

    """
    told = {
        "named": named,
        "key": key,
        "station": station,
        "hidden": tuple(hidden),
        "ignored": tuple(ignored),
        "moving": moving or {},
    }
    return [
        Watch(name="audit_rows", operation=pgtrigger.Insert | pgtrigger.Delete, told=told),
        Watch(name="audit_change", operation=pgtrigger.Update, told=told),
    ]


class Watch(pgtrigger.Trigger):
    """After a row is added, changed or removed."""

    when = pgtrigger.After

    def __init__(self, *, name: str, operation: pgtrigger.Operation, told: dict[str, Any]) -> None:
        """``told`` is what :func:`watch` was given."""
        self.told = told
        super().__init__(name=name, operation=operation)

    def get_condition(self, model: Any) -> Any:
        """Fire an update's trigger for the columns that matter alone."""
        if self.operation is not pgtrigger.Update:
            return None
        moving = self.told["moving"]
        left_out = {*self.ignored_columns(model), *moving}
        condition = pgtrigger.AnyChange(*(field.name for field in _fields(model) if field.column not in left_out))
        if not moving:
            return condition
        rests = [f"{column} - {_texts(keys)}" for column, keys in moving.items()]
        differ = [f"(OLD.{rest}) IS DISTINCT FROM (NEW.{rest})" for rest in rests]
        return pgtrigger.Condition(f"({' OR '.join((condition.resolve(model), *differ))})")

    def get_func(self, model: Any) -> str:
        """Hand the row before and after to the one function that writes."""
        told = self.told
        words = (model._meta.label_lower, told["key"], told["named"], told["station"])  # noqa: SLF001 - public, says Django
        lists = (self.hidden_columns(model), self.ignored_columns(model))
        return (
            "PERFORM longwave_note_change(TG_OP, "
            "CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END, "
            f"{', '.join(map(_text, words))}, {', '.join(map(_texts, lists))}); RETURN NULL;"
        )

    def hidden_columns(self, model: Any) -> list[str]:
        """Return the columns whose values are never written down."""
        fields = [f for f in _fields(model) if not f.is_relation]
        secret = {f.column for f in fields if isinstance(f, models.BinaryField) or SECRET.search(f.column)}
        return sorted(secret | set(self.told["hidden"]))

    def ignored_columns(self, model: Any) -> list[str]:
        """Return the columns whose changes are not written down."""
        moving = {f.column for f in _fields(model) if getattr(f, "auto_now", False)}
        return sorted(moving | set(self.told["ignored"]))


def _fields(model: Any) -> Any:
    return model._meta.fields  # noqa: SLF001 - the same


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _texts(words: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(map(_text, words))}]::text[]"
