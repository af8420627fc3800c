"""The console's page of who may do what, from the table itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.people.matrix import ABOUT, TABLE, Role, Row

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def who_may_what(request: HttpRequest) -> HttpResponse:
    """Show the table, as it is in force; whoever may open the console may read it."""
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Who may do what",
        "roles": [{"name": role, "about": ABOUT[role]} for role in Role],
        "parts": [{"name": name, "rows": [_shown(row) for row in rows]} for name, rows in TABLE.items()],
        "columns": len(Role) + 1,
    }
    return TemplateResponse(request, "admin/who_may_what.html", context)


def _shown(row: Row) -> dict[str, Any]:
    return {"words": row.words, "limit": row.limit, "cells": [role in row.roles for role in Role], "names": row.names}
