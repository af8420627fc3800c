"""The console's rule of rows: every screen shows, offers and changes only what the reader holds permissions for.

Django asks for permissions by table; a row's are asked with the row: ``person.has_perm(name, row)``. Lists are
narrowed by each authentication backend that has a verb ``rows_of(person, permission, rows)``, so the same rule answers
both. A row that may not be seen is not found; one that may be seen but not changed is shown read-only.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.admin import RelatedFieldListFilter
from django.contrib.auth import get_backends, get_permission_codename
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.contrib.admin import ModelAdmin as Screen
    from django.db.models import QuerySet
    from django.db.models.options import Options
    from django.http import HttpRequest

VERBS = ("view", "add", "change", "delete")
_M = TypeVar("_M", bound=Model)


def rows_of(person: Any, permission: str, rows: QuerySet[_M]) -> QuerySet[_M]:
    """Narrow rows to those for which a person holds a permission, as the backends tell."""
    for backend in get_backends():
        narrow = getattr(backend, "rows_of", None)
        if narrow is not None:
            rows = narrow(person, permission, rows)
    return rows


def permission_for(verb: str, opts: Options[Any]) -> str:
    """Return a table's permission as Django names it, e.g. ``streaming.view_station``."""
    return f"{opts.app_label}.{get_permission_codename(verb, opts)}"


def may(screen: Any, request: HttpRequest, permission: str, obj: Any = None) -> bool:
    """Tell whether the reader holds a permission: anywhere, or for a row of the screen's (unfold gives its key)."""
    if not request.user.has_perm(permission):
        return False
    if obj is None:
        return True
    row = obj if isinstance(obj, Model) else _row(screen.model, obj)
    return row is not None and request.user.has_perm(permission, row)


class RowRules:
    """Asks for permissions row by row; above the screens' and the inline rows' base."""

    opts: Options[Any]
    model: type[Model]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the reader may see it; who may change it may."""
        return may(self, request, self._name("view"), obj) or may(self, request, self._name("change"), obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the reader may change it."""
        return may(self, request, self._name("change"), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the reader may remove it."""
        return may(self, request, self._name("delete"), obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only what the reader may choose: where they may do this, or what they may see."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # Django's
        choices = getattr(field, "queryset", None)
        if choices is not None:
            verb = "change" if request.user.has_perm(self._name("change")) else "add"
            field.queryset = rows_of(request.user, self._name(verb), choices)
        return field

    def _name(self, verb: str) -> str:
        return permission_for(verb, self.opts)


class OwnRowsFilter(RelatedFieldListFilter):
    """A list's filter by a related row, which offers those that the reader may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return their keys and names."""
        related = field.remote_field.model
        name = permission_for("view", related._meta)  # noqa: SLF001 - Django's way to a table's options
        mine = rows_of(request.user, name, related._default_manager.all())  # noqa: SLF001 - the same, to its rows
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to={"pk__in": mine.values("pk")})


class ListRules(RowRules):
    """A screen's list, its filters and bulk actions, and what is deleted with a row."""

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the filters, those by a related row as :class:`OwnRowsFilter`."""
        names = super().get_list_filter(request)  # type: ignore[misc]  # Django's
        return [(name, OwnRowsFilter) if _is_relation(self.opts, name) else name for name in names]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows that the reader may see."""
        verb = "view" if request.user.has_perm(self._name("view")) else "change"
        return rows_of(request.user, self._name(verb), super().get_queryset(request))  # type: ignore[misc]  # Django's

    def get_actions(self, request: HttpRequest) -> Any:
        """Have bulk actions do their work on rows for which the reader holds the permission they need."""
        found = super().get_actions(request)  # type: ignore[misc]  # Django's
        return {name: (_narrowing(work), name, words) for name, (work, _, words) in found.items()}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Ask for permission on the rows alone: what belongs to them goes with them, read-only screens or not."""
        gone, counts, _, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]  # Django's
        missing = any(not self.has_delete_permission(request, row) for row in objs)
        return gone, counts, {str(self.opts.verbose_name)} if missing else set(), protected


def check_row(screen: Any, request: HttpRequest, object_id: str, permissions: Iterable[str]) -> None:
    """Let a row's action go on.

    Raises:
        Http404: the reader may not see the row.
        PermissionDenied: the reader may see it, and not do this to it.

    """
    row = screen.get_object(request, object_id)
    if row is None:
        raise Http404
    for permission in permissions:
        if not getattr(screen, f"has_{permission}_permission")(request, row):
            raise PermissionDenied


def row_or_404(screen: Screen[_M], request: HttpRequest, key: object, rows: QuerySet[_M] | None = None) -> _M:
    """Return a row that the reader may see, for pages beside the screen's own.

    Raises:
        Http404: there is none, or the reader may not see it.
        PermissionDenied: the reader may see no row of this table.

    """
    if not screen.has_view_permission(request):
        raise PermissionDenied
    name = permission_for("view", screen.opts)
    found = screen.model._default_manager.all() if rows is None else rows  # noqa: SLF001 - Django's way to a model's rows
    return get_object_or_404(rows_of(request.user, name, found), pk=key)


def _narrowing(work: Callable[..., Any]) -> Callable[..., Any]:
    verb = next((v for v in getattr(work, "allowed_permissions", ()) if v in VERBS), "change")

    @wraps(work)
    def narrowed(screen: Any, request: HttpRequest, queryset: Any) -> Any:
        return work(screen, request, rows_of(request.user, permission_for(verb, screen.opts), queryset))

    return narrowed


def _is_relation(opts: Options[Any], name: object) -> bool:
    return isinstance(name, str) and "__" not in name and bool(opts.get_field(name).is_relation)


def _row(model: type[Model], key: object) -> Model | None:
    try:
        return model._default_manager.filter(pk=key).first()  # noqa: SLF001 - Django's way to a model's rows
    except (ValidationError, ValueError):
        return None  # no key of this table
