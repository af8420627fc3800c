"""Pages of our own around those of allauth."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit.services import note
from accounts.signin import second_factor, sessions
from accounts.signin.sessions import SessionUnknownError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.people.models import User

NEXT = "next"


@require_safe
@never_cache
def console_sign_in(request: HttpRequest) -> HttpResponse:
    """Send whoever wants into the console to the one page for signing in, and tell those it is not for."""
    if not request.user.is_authenticated:
        return redirect_to_login(_next(request), reverse("account_login"))
    if admin.site.has_permission(request):
        return HttpResponseRedirect(_next(request))
    note("not_allowed", refused=True, person=request.user, request=request)
    return render(request, "account/not_for_you.html", status=HTTPStatus.FORBIDDEN)


@require_safe
@never_cache
@login_required
def second_factor_wanted(request: HttpRequest) -> HttpResponse:
    """Say why a second factor is wanted, and lead to giving it, or to setting one up."""
    person = request.user
    after = _next(request)
    if not person.is_authenticated or second_factor.was_given(request.session, person):
        return HttpResponseRedirect(after)
    if second_factor.has_second_factor(person):
        ways = [w for w in get_adapter().get_reauthentication_methods(person) if w["id"].startswith("mfa")]
        return redirect_to_login(after, ways[0]["url"])
    return render(request, "mfa/enrol.html", {"next": after})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def sessions_page(request: HttpRequest) -> HttpResponse:
    """List the person's sessions; a POST ends the one it names, or all others."""
    person = request.user
    if not person.is_authenticated:
        return redirect_to_login(request.path)
    if request.method == "POST":
        _end_sessions(request, person)
        return HttpResponseRedirect(reverse("usersessions_list"))
    listed = sessions.going_on(person, request.session)
    return render(request, "usersessions/usersession_list.html", {"sessions": listed})


def _end_sessions(request: HttpRequest, person: User) -> None:
    named = request.POST.get("id", "")
    try:
        if named:
            sessions.end_one(person=person, listed_id=named, request=request)
            messages.success(request, _("It was signed out."))
        else:
            sessions.end_others(person=person, request=request)
            messages.success(request, _("You are signed out everywhere else."))
    except SessionUnknownError as error:
        messages.warning(request, error.detail)


def _next(request: HttpRequest) -> str:
    """Return where to go on: an address of this site, else the console's start."""
    wanted = request.GET.get(NEXT, "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=False)
    return wanted if ours else reverse("admin:index")
