"""A person's page of keys and of programs that are signed in. A key is shown once, in the answer that makes it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.keys import api_keys, families, places
from accounts.keys.errors import KeyUnknownError
from accounts.keys.forms import NewKeyForm
from accounts.keys.models import ApiKey
from accounts.keys.permissions import session_is_enough
from accounts.keys.scopes import READ, WRITE
from accounts.signin.devices import UNKNOWN, device
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from accounts.people.models import User


def by_the_person(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who is signed in, with the second factor that their role needs: else a password alone made keys."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not session_is_enough(request, _person(request)):
            after = urlencode({"next": reverse("account-keys")})
            return HttpResponseRedirect(f"{reverse('second_factor')}?{after}")
        return view(request, **kwargs)

    return cast("Callable[..., HttpResponse]", guarded)


@require_http_methods(["GET", "HEAD", "POST"])
@by_the_person
def keys(request: HttpRequest) -> HttpResponse:
    """List keys and programs, and make a key."""
    form = NewKeyForm(request.POST or None, person=_person(request), request=request)
    if request.method == "POST" and form.is_valid() and form.made is not None:
        return _page(request, made=form.made)
    return _page(request, form=form, status=422 if form.errors else 200)


@require_POST
@by_the_person
def replace(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make the next key; the old one goes on for a day."""
    key = get_object_or_404(ApiKey, pk=pk, person=_person(request))
    try:
        made = api_keys.rotate_key(key=key, request=request)
    except LongwaveError as error:
        messages.error(request, error.detail)
        return _back()
    return _page(request, made=made)


@require_POST
@by_the_person
def revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have a key refused from now on."""
    key = get_object_or_404(ApiKey, pk=pk, person=_person(request))
    api_keys.revoke_key(key=key, request=request)
    messages.success(request, _("The key “%(name)s” is refused from now on.") % {"name": key.name})
    return _back()


@require_POST
@by_the_person
def end_program(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign a program out."""
    try:
        families.end_one(person=_person(request), family_id=pk, request=request)
    except KeyUnknownError as error:
        raise Http404 from error
    messages.success(request, _("The program is signed out."))
    return _back()


def _page(
    request: HttpRequest,
    *,
    form: NewKeyForm | None = None,
    made: tuple[ApiKey, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    person = _person(request)
    living = list(api_keys.living(person))
    slugs = places.slugs_of(person, {station for key in living for station in key.stations})
    shown = {
        "keys": [_told(key, slugs) for key in living],
        "programs": [{"row": family, "device": _device(family.agent)} for family in families.going_on(person)],
        "form": form or NewKeyForm(person=person, request=request),
        "made": {"name": made[0].name, "text": made[1], "replaces": _replaced(made[0])} if made else None,
    }
    return render(request, "keys/keys.html", shown, status=status)


def _told(key: ApiKey, slugs: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "row": key,
        "may": {READ: _("looks"), WRITE: _("does what you may")}.get(" ".join(key.actions), ", ".join(key.actions)),
        "stations": ", ".join(slugs.get(station, "?") for station in key.stations),
        "replaced": key.replaced_by_id is not None,
    }


def _device(agent: str) -> str:
    """Return browser and system, or a program's own word for itself."""
    found = device(agent)
    return agent[:60] if found == UNKNOWN and agent else found


def _replaced(key: ApiKey) -> ApiKey | None:
    return ApiKey.objects.filter(replaced_by=key).first()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("account-keys"))


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
