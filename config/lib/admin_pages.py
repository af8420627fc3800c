"""What every screen of the operator's console stands on: typed bases, and pages of big tables that never count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core import paginator
from django.db.models import Model
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    Page = paginator.Page[Any]
    Paginator = paginator.Paginator[Any]
else:
    from unfold import admin as unfold_admin

    from config.lib.admin_rows import ListRules, RowRules, may, permission_for

    Page = paginator.Page
    Paginator = paginator.Paginator

    class _OfModel:
        """Lets the bases below be written ``Base[Model]``, as the type checker wants, at no cost at run time."""

        def __class_getitem__(cls, model: object) -> type:
            return cls

    class ModelAdmin(_OfModel, ListRules, unfold_admin.ModelAdmin):
        """unfold's screen of a table, with one way to save and go on, and the reader's own rows."""

        def changeform_view(
            self,
            request: HttpRequest,
            object_id: str | None = None,
            form_url: str = "",
            extra_context: dict[str, Any] | None = None,
        ) -> HttpResponse:
            """Leave out the button that few press and many hit."""
            context = {"show_save_and_add_another": False, **(extra_context or {})}
            return super().changeform_view(request, object_id, form_url, context)

        history_kinds: tuple[str, ...] = ()
        """Further tables whose changes belong to a row's history under the same key, as the record calls them."""

        def history_view(
            self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
        ) -> HttpResponse:
            """Lead to what the database wrote down of the row, where it does and the reader may see that."""
            watched = any(trigger.name == "audit_rows" for trigger in getattr(self.opts, "triggers", ()))
            if not (watched or self.history_kinds) or not request.user.has_perm("accounts.view_change"):
                return super().history_view(request, object_id, extra_context)
            kinds = [*([self.opts.label_lower] if watched else []), *self.history_kinds]
            asked = urlencode({"kind__in": ",".join(kinds), "object_id": object_id})
            return HttpResponseRedirect(f"{reverse('admin:accounts_change_changelist')}?{asked}")

    class TabularInline(_OfModel, RowRules, unfold_admin.TabularInline):
        """unfold's rows inside a form; what may be done to them is asked of the row they belong to."""

        def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
            """Tell whether the reader may add rows to ``obj``."""
            return may(self, request, permission_for("add", self.opts), obj)


__all__ = ["FactsAdmin", "ModelAdmin", "ReadOnly", "TabularInline", "UncountedPaginator"]

PER_PAGE = 50
MOST_PAGES = 200
NEWEST = 20_000

_M = TypeVar("_M", bound=Model)


class _UncountedPage(Page):
    """A page that knows of a next one by being full."""

    def has_next(self) -> bool:
        """Tell whether this page is full; the one after it may turn out empty."""
        return len(self.object_list) == self.paginator.per_page and self.number < self.paginator.num_pages


class UncountedPaginator(Paginator):
    """Pages of a big table: no COUNT(*), and no OFFSET beyond 200 pages (older rows are reached by filters)."""

    template_name = "admin/uncounted_pages.html"

    @cached_property
    def count(self) -> int:
        """The most rows that can be reached by turning pages."""
        return self.per_page * MOST_PAGES

    def _get_page(self, *args: Any, **kwargs: Any) -> Page:
        return _UncountedPage(*args, **kwargs)


class ReadOnly:
    """For screens and rows of what is reported, not typed: looked at, never written."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Facts are reported, not typed."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - the same
        """Facts stay as they came."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - the same
        """Facts stay."""
        return False


class FactsAdmin(ReadOnly, ModelAdmin[_M]):
    """A screen of facts: read, filtered and searched, never written, never counted.

    Search and the filters named in ``windowed`` look at the newest 20,000 rows only, so that a rare value
    cannot make PostgreSQL walk through the whole table. All other filters must stand on an index.
    """

    paginator = UncountedPaginator
    show_full_result_count = False
    list_per_page = PER_PAGE
    actions = None
    windowed: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[_M]:
        """Return the rows, only the newest of them if a filter without an index is set."""
        rows = super().get_queryset(request)
        wanted = any(key.split("__")[0] in self.windowed for key in request.GET)
        return self._newest(request, rows) if wanted else rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[_M], search_term: str
    ) -> tuple[QuerySet[_M], bool]:
        """Search among the newest rows."""
        rows = self._newest(request, queryset) if search_term else queryset
        return super().get_search_results(request, rows, search_term)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list without a number of results: nobody counted them."""
        listing = super().get_changelist_instance(request)
        listing.full_result_count = listing.result_count
        return listing

    def _newest(self, request: HttpRequest, rows: QuerySet[_M]) -> QuerySet[_M]:
        newest = super().get_queryset(request).order_by(*self.opts.ordering or ["-pk"])[:NEWEST]
        return rows.filter(pk__in=newest.values("pk"))
