"""Pages: sign in with a code, and prove that a number is one's own."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people.errors import PhoneRefusedError
from accounts.signin.models import PhoneChallenge
from accounts.signin.phone import pending, services
from accounts.signin.phone.errors import CodeRefusedError, NotQueuedError
from accounts.signin.phone.forms import CodeForm, NumberForm
from accounts.signin.phone.providers import is_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from accounts.people.models import User

    View = Callable[[HttpRequest], HttpResponse]

Purpose = PhoneChallenge.Purpose
METHOD = "phone"


def _page(view: View) -> View:
    """Make a page that is kept nowhere, and is not there while no messages are sent."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponse:
        if not is_on():
            raise Http404
        return view(request)

    return shown


@_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a number, and have a code sent there."""
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            asked = services.ask_to_sign_in(phone=phone, request=request)
        except NotQueuedError as error:
            form.add_error(None, error.detail)
        else:
            pending.keep(request, Purpose.SIGN_IN, asked, phone=phone, after=_next(request))
            return HttpResponseRedirect(reverse("phone-code"))
    return render(request, "account/phone.html", {"form": form, "next": _next(request)})


@_page
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and open the session; a second factor is asked for as after a password."""
    asked = pending.kept(request, Purpose.SIGN_IN)
    if asked is None:
        return HttpResponseRedirect(reverse("phone-sign-in"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            challenge, person = services.sign_in(
                challenge=asked["challenge"], secret=asked["secret"], code=form.cleaned_data["code"], request=request
            )
            services.take(challenge)
        except CodeRefusedError as error:
            form.add_error("code", error.detail)
        else:
            pending.forget(request)
            record_authentication(request, person, method=METHOD)
            return cast("HttpResponse", perform_login(request, Login(user=person, redirect_url=asked["next"] or None)))
    return render(request, "account/phone_code.html", {"form": form, "ending": asked["ending"]})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def number(request: HttpRequest) -> HttpResponse:
    """Show the person's number, which can be forgotten in any case; have a code sent to another."""
    person = cast("User", request.user)
    if not (is_on() or person.phone):
        raise Http404
    form = NumberForm(request.POST or None) if is_on() else None
    if form and request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            asked = services.ask_for_number(person=person, phone=phone, request=request)
        except NotQueuedError as error:
            form.add_error(None, error.detail)
        else:
            pending.keep(request, Purpose.NUMBER, asked, phone=phone)
            return HttpResponseRedirect(reverse("phone-number-code"))
    return render(request, "account/phone_number.html", {"form": form, "phone": person.phone})


@_page
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # the same
def number_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code that proves the number, and keep it."""
    asked = pending.kept(request, Purpose.NUMBER)
    if asked is None:
        return HttpResponseRedirect(reverse("phone-number"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_number(
                person=cast("User", request.user),
                challenge=asked["challenge"],
                secret=asked["secret"],
                code=form.cleaned_data["code"],
                request=request,
            )
        except (CodeRefusedError, PhoneRefusedError) as error:
            form.add_error("code", error.detail)
        else:
            pending.forget(request)
            messages.success(request, _("The number is yours. From now on you can sign in with it."))
            return HttpResponseRedirect(reverse("phone-number"))
    return render(request, "account/phone_number_code.html", {"form": form, "ending": asked["ending"]})


@never_cache
@require_POST
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # the same
def number_removed(request: HttpRequest) -> HttpResponse:
    """Forget the number; this works also where no messages are sent any more."""
    services.forget_number(person=cast("User", request.user), request=request)
    messages.success(request, _("The number is forgotten. Nobody signs in with it any more."))
    return HttpResponseRedirect(reverse("phone-number" if is_on() else "account-home"))


def _next(request: HttpRequest) -> str:
    """Return where to go on to, if it is a page of this site."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    return wanted if wanted and get_adapter().is_safe_url(wanted) else ""
