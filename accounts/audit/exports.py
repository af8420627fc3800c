"""The record as files: CSV for spreadsheets, JSON lines for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from accounts.audit.services import note
from config.lib import downloads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.admin import ModelAdmin
    from django.db.models import QuerySet
    from django.http import HttpRequest, StreamingHttpResponse


def exported(screen: ModelAdmin[Any], request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Send the rows that the list shows with the same filters, all of them; who took them away is written down.

    Raises:
        PermissionDenied: the caller may not see the list.
        Http404: there is no such form.

    """
    if not screen.has_view_permission(request):
        raise PermissionDenied
    if form not in downloads.TYPES:
        raise Http404
    name = screen.opts.model_name
    rows = screen.get_changelist_instance(request).queryset
    note("record_exported", person=request.user, request=request, what=name, form=form)
    columns = [field.attname for field in screen.opts.concrete_fields]
    write = downloads.as_csv if form == "csv" else downloads.as_json_lines
    chunks = write(columns, _batches(rows, columns))
    return downloads.sent(request, chunks, name=f"{name}-{timezone.now():%Y%m%d-%H%M%S}", form=form)


def _batches(rows: QuerySet[Any], columns: list[str]) -> Iterator[list[list[Any]]]:
    for batch in downloads.newest_first(rows):
        yield [[getattr(row, column) for column in columns] for row in batch]
