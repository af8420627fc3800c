"""What an administrator does about one person."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.people import services, standing
from accounts.people.models import User
from config.lib.admin_actions import ActionVariant, ask, done, press, report

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


class PersonActions:
    """Actions of a person's page."""

    @ask(
        name="Sign out everywhere",
        title="Sign this person out everywhere?",
        sentence="Every browser and every program they are signed in on. Their API keys go on working.",
        button="Sign out everywhere",
        icon="logout",
        variant=ActionVariant.WARNING,
    )
    def sign_out(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """End sessions and tokens."""
        person = get_object_or_404(User, pk=object_id)
        work = partial(standing.end_everything, person=person, because="ended in the console", request=request)
        report(request, work, said=f"{person.email} is signed out everywhere.")
        return _back(request, object_id)

    @ask(
        name="Remove the second factor",
        title="Remove this person's second factor?",
        sentence="For somebody who lost phone and key, and whom you know to be themselves. They are signed out, "
        "come in with the password alone, and if they may open the console, set up a new one first.",
        button="Remove the second factor",
        icon="phonelink_erase",
        variant=ActionVariant.DANGER,
    )
    def without_factor(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Remove apps, keys and recovery codes."""
        person = get_object_or_404(User, pk=object_id)
        work = partial(standing.remove_second_factor, person=person, by=_by(request), request=request)
        report(request, work, said=f"{person.email} has no second factor now.")
        return _back(request, object_id)

    @ask(
        name="Remove the phone number",
        title="Remove this person's phone number?",
        sentence="They can no longer sign in by it. They can confirm it again themselves.",
        button="Remove the number",
        icon="phone_disabled",
        variant=ActionVariant.WARNING,
    )
    def without_phone(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Forget the number."""
        person = get_object_or_404(User, pk=object_id)
        report(request, partial(services.remove_phone, person=person, request=request), said="The number is removed.")
        return _back(request, object_id)

    @ask(
        name="Close the account",
        title="Close this account?",
        sentence="They are signed out everywhere, and neither they nor their API keys are let in until you open it.",
        button="Close the account",
        icon="lock",
        variant=ActionVariant.DANGER,
    )
    def close(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Shut the person out."""
        person = get_object_or_404(User, pk=object_id)
        work = partial(standing.close_account, person=person, by=_by(request), request=request)
        report(request, work, said=f"The account of {person.email} is closed.")
        return _back(request, object_id)

    @press(name="Open the account", icon="lock_open")
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the person in again."""
        person = get_object_or_404(User, pk=object_id)
        work = partial(standing.open_account, person=person, by=_by(request), request=request)
        report(request, work, said=f"{person.email} may sign in again.")
        return _back(request, object_id)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Offer what can be done about this very person."""
        person = User.objects.filter(pk=object_id).first()
        out = set() if person is None else _pointless(person)
        found = super().get_actions_detail(request, object_id)  # type: ignore[misc]  # unfold's, not in Django's stubs
        return [action for action in found if action.action_name.split("_", 2)[2] not in out]


def _pointless(person: User) -> set[str]:
    out = {"reopen"} if person.is_active else {"close", "sign_out"}
    if not person.phone:
        out.add("without_phone")
    if not person.authenticator_set.exists():  # type: ignore[attr-defined]  # allauth ships no types
        out.add("without_factor")
    return out


def _by(request: HttpRequest) -> User:
    return cast("User", request.user)


def _back(request: HttpRequest, object_id: str) -> HttpResponse:
    return done(request, reverse("admin:accounts_user_change", args=[object_id]))
