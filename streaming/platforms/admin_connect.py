"""The pages on which a channel is connected: a button, then a code and where to enter it, until it is done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.people.models import User
from config.lib.problem import LongwaveError
from streaming.platforms import connecting, oauth
from streaming.platforms.errors import NotConfiguredError
from streaming.platforms.models import DeviceLogin, Kind

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from streaming.platforms.models import PlatformAccount

PERMISSION = "streaming.change_platformaccount"
PAGE = "admin/streaming/platformaccount/login.html"
FRAGMENT = "admin/streaming/platformaccount/login_now.html"


def urls(screen: ModelAdmin[PlatformAccount]) -> list[URLPattern]:
    """Return the addresses, below the accounts' list."""
    view = screen.admin_site.admin_view
    return [
        path("connect/", view(require_POST(partial(_begin, screen))), name="streaming_platformaccount_connect"),
        path("connect/<uuid:login>/", view(require_safe(partial(_login, screen))), name="streaming_platformlogin"),
        path("connect/<uuid:login>/now/", view(require_safe(_now)), name="streaming_platformlogin_now"),
    ]


def offered(_screen: ModelAdmin[PlatformAccount], request: HttpRequest) -> dict[str, Any]:
    """Return what the list's head tells: each platform, and what is missing to connect a channel there."""
    rows = [{"value": kind.value, "name": kind.label, "missing": _missing(kind)} for kind in Kind]
    return {"platforms": rows, "may_connect": request.user.has_perm(PERMISSION)}


def _missing(kind: Kind) -> str:
    try:
        oauth.check_configured(kind)
    except NotConfiguredError as error:
        return error.detail
    return ""


def _begin(_screen: ModelAdmin[PlatformAccount], request: HttpRequest) -> HttpResponse:
    """Ask for a code and show it."""
    _check(request)
    platform = request.POST.get("platform", "")
    if platform not in Kind.values:
        raise PermissionDenied
    try:
        login = connecting.begin_login(
            platform=platform, created_by=request.user if isinstance(request.user, User) else None
        )
    except LongwaveError as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(reverse("admin:streaming_platformaccount_changelist"))
    return HttpResponseRedirect(reverse("admin:streaming_platformlogin", args=[login.pk]))


def _login(screen: ModelAdmin[PlatformAccount], request: HttpRequest, login: UUID) -> HttpResponse:
    """Show the code, or how it ended."""
    _check(request)
    row = get_object_or_404(DeviceLogin.objects.select_related("account"), pk=login)
    name = row.get_platform_display()
    context = {**screen.admin_site.each_context(request), "title": f"Connect a {name} channel", "login": row}
    shown = TemplateResponse(request, PAGE, context)
    shown["Cache-Control"] = "no-store"
    return shown


def _now(request: HttpRequest, login: UUID) -> HttpResponse:
    """Send how far it is; the worker asks the platform, not this page."""
    _check(request)
    row = get_object_or_404(DeviceLogin.objects.select_related("account"), pk=login)
    return TemplateResponse(request, FRAGMENT, {"login": row}, headers={"Cache-Control": "no-store"})


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
