"""Bulk actions that need an answer first: a page with the chosen rows and a small form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.admin import helpers
from django.template.response import TemplateResponse

if TYPE_CHECKING:
    from django import forms
    from django.contrib.admin import ModelAdmin
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest

    _F = TypeVar("_F", bound=forms.Form)
else:
    _F = TypeVar("_F")

SHOWN = 20


@dataclass(frozen=True)
class Question:
    """What the page says: the action's name (as Django knows it), a title, what will happen, and the verb."""

    action: str
    title: str
    sentence: str
    button: str


def answer(
    screen: ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Model],
    form_class: type[_F],
    question: Question,
) -> _F | TemplateResponse:
    """Return the valid form once it was sent, else the page that asks for it."""
    sent = "answered" in request.POST
    form = form_class(request.POST) if sent else form_class()
    if sent and form.is_valid():
        return form
    context = {
        **screen.admin_site.each_context(request),
        "title": question.title,
        "opts": screen.opts,
        "question": question,
        "form": form,
        "rows": list(rows[:SHOWN]),
        "keys": [str(key) for key in rows.values_list("pk", flat=True)],
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/question.html", context)
