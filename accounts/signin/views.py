"""Pages of our own around those of allauth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.signin import second_factor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NEXT = "next"


@require_safe
@never_cache
def console_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send whoever wants into the console to the one page for signing in."""
    return redirect_to_login(_next(request), reverse("account_login"))


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


def _next(request: HttpRequest) -> str:
    """Return where to go on: an address of this site, else the console's start."""
    wanted = request.GET.get(NEXT, "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=False)
    return wanted if ours else reverse("admin:index")
