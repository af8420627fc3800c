"""A person's own pages below /account/: what they tell, how they come in, their data, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import avatars, deletion, exports
from accounts.people.errors import AvatarTooLargeError
from accounts.people.forms import DeletionForm, PictureForm, ProfileForm
from accounts.people.models import Profile, User
from accounts.people.pictures import send_avatar
from accounts.people.roles import is_last_admin, role_of
from accounts.people.ways_in import ways_in
from config.lib.uploads import CappedUpload

if TYPE_CHECKING:
    from django.http import HttpRequest

page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@page
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the account, and keep what is told in it."""
    person = _person(request)
    form = ProfileForm(request.POST or None, person=person, request=request, initial=_said(person))
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("Kept."))
        return HttpResponseRedirect(reverse("account-home"))
    return _home(request, form=form, picture=PictureForm(person=person, request=request))


@csrf_exempt
def picture(request: HttpRequest) -> HttpResponse:
    """Choose where the upload goes before anything reads the body; the check of the token, for one, does."""
    handler = CappedUpload(request, most=avatars.MOST_BYTES, too_large=avatars.too_large)
    request.upload_handlers = [handler]
    try:
        return _picture(request)
    except AvatarTooLargeError as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(reverse("account-home"))


@never_cache
@page
@login_required
@csrf_protect
def _picture(request: HttpRequest) -> HttpResponse:
    """Send the person's picture, or keep a new one."""
    person = _person(request)
    if request.method != "POST":
        return send_avatar(person)
    form = PictureForm(request.POST, request.FILES, person=person, request=request)
    if form.is_valid():
        messages.success(request, _("The picture is kept."))
        return HttpResponseRedirect(reverse("account-home"))
    return _home(
        request, form=ProfileForm(person=person, request=request, initial=_said(person)), picture=form, status=422
    )


@never_cache
@require_POST
@login_required
def picture_removed(request: HttpRequest) -> HttpResponse:
    """Forget the person's picture."""
    avatars.remove_avatar(person=_person(request), request=request)
    messages.success(request, _("The picture is removed."))
    return HttpResponseRedirect(reverse("account-home"))


@never_cache
@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Send everything that is held of the person, as a file."""
    return exports.answer(person=_person(request), request=request)


@never_cache
@page
@login_required
@reauthentication_required(enabled=lambda request: not request.user.has_usable_password())  # type: ignore[untyped-decorator]  # allauth's
def delete(request: HttpRequest) -> HttpResponse:
    """Say what will happen, ask once, and do it."""
    person = _person(request)
    form = DeletionForm(request.POST or None, person=person, request=request)
    if request.method == "POST" and form.is_valid():
        request.session.flush()
        request.user = AnonymousUser()
        return render(request, "people/deleted.html")
    lines = deletion.what_will_happen(person)
    stays = any(not line.goes for line in lines)
    context = {"form": form, "lines": lines, "stays": stays, "is_last": is_last_admin(person)}
    return render(request, "people/delete.html", context)


def _home(request: HttpRequest, *, form: ProfileForm, picture: PictureForm, status: int = 200) -> HttpResponse:
    person = _person(request)
    shown: dict[str, Any] = {
        "form": form,
        "picture": picture,
        "has_picture": Profile.objects.filter(person=person).exclude(avatar="").exists(),
        "role": role_of(person).value,
        "ways": ways_in(person),
    }
    return render(request, "people/home.html", shown, status=status)


def _said(person: User) -> dict[str, str]:
    profile = Profile.objects.filter(person=person).first() or Profile(person=person)
    names = {"first_name": person.first_name, "last_name": person.last_name}
    return {**names, "address": profile.address, "bio": profile.bio}


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
