"""Actions of the console: a dialog that asks once, or a button that posts; and their answers."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from unfold import decorators as unfold_decorators
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from config.lib.admin_rows import check_row
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest

    AskForm = forms.Form
else:
    AskForm = BaseDialogForm

__all__ = ["ActionVariant", "AskForm", "ask", "done", "press", "report"]

_F = TypeVar("_F", bound="Callable[..., Any]")


def ask(
    *,
    name: str,
    title: str,
    sentence: str,
    button: str,
    icon: str,
    form: type[AskForm] | None = None,
    variant: ActionVariant = ActionVariant.DEFAULT,
    permissions: tuple[str, ...] = ("change",),
) -> Callable[[_F], _F]:
    """Make a row or detail action that opens a dialog first and runs on its POST, with the valid form.

    ``name`` is the menu's word, ``title`` and ``sentence`` say what will happen, ``button`` is the verb.
    """
    dialog = {"title": title, "description": sentence, "form_class": form, "form_submit_text": button}
    made = unfold_decorators.action(
        description=name, icon=icon, variant=variant, dialog=dialog, permissions=permissions
    )

    def decorator(work: _F) -> _F:
        return cast("_F", _of_row(made(work), permissions))

    return decorator


def press(
    *,
    name: str,
    icon: str,
    variant: ActionVariant = ActionVariant.DEFAULT,
    permissions: tuple[str, ...] = ("change",),
) -> Callable[[_F], _F]:
    """Make a row or detail action that the console sends as a POST at once; a GET of it is refused.

    A link would do its work on GET, which any other page could make a signed-in browser send.
    """
    made = unfold_decorators.action(
        description=name,
        icon=icon,
        variant=variant,
        attrs={"data-press": "1"},
        permissions=permissions,
    )

    def decorator(work: _F) -> _F:
        @wraps(work)
        def posted(screen: Any, request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            return cast("HttpResponse", work(screen, request, **kwargs))

        return cast("_F", _of_row(made(posted), permissions))

    return decorator


def _of_row(action: Any, permissions: tuple[str, ...]) -> Any:
    """Have an action look first whether its row is the reader's; unfold asks for the table as a whole."""

    @wraps(action)
    def checked(screen: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "object_id" in kwargs:
            check_row(screen, request, kwargs["object_id"], permissions)
        return cast("HttpResponse", action(screen, request, *args, **kwargs))

    return checked


def done(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Return to the page of ours that the button stood on, else to ``otherwise``; from a dialog (htmx) or without."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}, require_https=False)
    url = came_from if ours else otherwise
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def report(request: HttpRequest, work: Callable[[], Any], *, said: str) -> bool:
    """Do ``work`` and say that it is done, or why it is not; tell whether it is."""
    try:
        work()
    except LongwaveError as error:
        messages.error(request, error.detail)
        return False
    messages.success(request, said)
    return True
