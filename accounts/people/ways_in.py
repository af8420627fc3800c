"""How a person comes in, in a line each: what it is now, and where it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.signin.phone.providers import is_on
from accounts.signin.second_factor import has_second_factor, is_needed

if TYPE_CHECKING:
    from accounts.people.models import User


@dataclass(frozen=True)
class Way:
    """One line: its name, what is true now, what the link says and where it leads; ``tone`` colours what is true."""

    name: str
    now: str
    verb: str
    url: str
    tone: str = ""


def ways_in(person: User) -> list[Way]:
    """Return the lines of a person."""
    has_password = person.has_usable_password()
    return [
        Way(_("E-mail address"), person.email, _("Change"), reverse("account_email")),
        Way(
            _("Password"),
            _("Set") if has_password else _("None yet"),
            _("Change") if has_password else _("Set one"),
            reverse("account_change_password" if has_password else "account_set_password"),
        ),
        *_phone(person),
        _second_factor(person),
        _sessions(person),
    ]


def _phone(person: User) -> list[Way]:
    """Return the line of the number; none where no codes are sent and there is no number to forget."""
    if not (is_on() or person.phone):
        return []
    now = _("A number that ends in %(end)s") % {"end": person.phone[-3:]} if person.phone else _("None")
    return [Way(_("Phone"), now, _("Change") if person.phone else _("Add one"), reverse("phone-number"))]


def _second_factor(person: User) -> Way:
    name, url = _("Second factor"), reverse("mfa_index")
    if has_second_factor(person):
        kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
        words = {Authenticator.Type.TOTP: _("app"), Authenticator.Type.WEBAUTHN: _("passkey")}
        told = ", ".join(str(word) for kind, word in words.items() if kind in kinds)
        return Way(name, _("On: %(kinds)s") % {"kinds": told}, _("Change"), url, "ok")
    if is_needed(person):
        return Way(name, _("Missing, and your role needs one"), _("Set up"), url, "warn")
    return Way(name, _("Off"), _("Set up"), url)


def _sessions(person: User) -> Way:
    count = UserSession.objects.filter(user=person).count()
    told = ngettext("%(count)s device", "%(count)s devices", count) % {"count": count}
    return Way(_("Signed in on"), told, _("Look"), reverse("usersessions_list"))
