"""The verbs of accounts for programs; the pages' forms and allauth's flows do the same work beneath both doors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import signals
from allauth.account.adapter import get_adapter
from allauth.account.forms import UserTokenForm
from allauth.account.internal.flows import password_change, password_reset
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.db import transaction

from accounts.audit.services import note
from accounts.signin import tries
from accounts.signin.forms import ForgottenForm, NewAddressForm, NewPasswordForm, RegisterForm, ResetForm
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

    from accounts.people.models import User

BY_FORM = {"password1": "password", "password2": "password", "oldpassword": "current_password"}
"""A form's field -> what the API calls it."""


class SignInError(LongwaveError):
    """Something typed about an account cannot be used."""

    status: ClassVar[int] = 422
    title: ClassVar[str] = "Something in the request is not valid"


class RegistrationClosedError(LongwaveError):
    """Nobody makes an account of their own here."""

    status: ClassVar[int] = 403
    title: ClassVar[str] = "Registration is closed"


def register(*, email: str, password: str, request: HttpRequest) -> None:
    """Make an account and send the link that confirms its address; one that exists is told by mail, and only there.

    Raises:
        RegistrationClosedError: the station makes accounts itself.
        SignInError: the address is none, or the password is too easy.

    """
    if not settings.REGISTRATION:
        raise RegistrationClosedError("Nobody can make an account of their own here. Ask whoever runs the station.")
    form = _valid(RegisterForm({"email": email, "password1": password, "password2": password}))
    if form.account_already_exists:
        form.burn()
        get_adapter(request).send_account_already_exists_mail(form.cleaned_data["email"])
        return
    with transaction.atomic():
        adapter = get_adapter(request)
        person = adapter.save_user(request, adapter.new_user(request), form)
        address = EmailAddress.objects.create(user=person, email=person.email, primary=True)
    signals.user_signed_up.send(sender=type(person), request=request, user=person)
    address.send_confirmation(request, signup=True)


def confirm(*, key: str, request: HttpRequest) -> str:
    """Take an address for confirmed and return it; a new one takes the place of the old one.

    Raises:
        SignInError: the key does not work any more.

    """
    found = EmailConfirmationHMAC.from_key(key)
    address = found.confirm(request) if found else None
    if address is None:
        raise SignInError("This key does not work any more. Sign in, and a new one is sent.", field="key")
    return str(address.email)


def ask_for_reset(*, email: str, request: HttpRequest) -> None:
    """Send a link for a new password; an address that nobody has gets a mail that says so.

    Raises:
        SignInError: the address is none.

    """
    _valid(ForgottenForm({"email": email})).save(request)


def reset(*, key: str, password: str, request: HttpRequest) -> None:
    """Set a new password with the key of a mail; every session and every token ends.

    Raises:
        SignInError: the key does not work any more, or the password is too easy.

    """
    person_part, _, token = key.partition("-")
    found = UserTokenForm({"uidb36": person_part, "key": token})
    if not found.is_valid():
        raise SignInError("This key does not work any more. Ask for a new one.", field="key")
    person = found.reset_user
    _valid(ResetForm({"password1": password, "password2": password}, user=person, temp_key=token)).save()
    password_reset.finalize_password_reset(request, person)


def change_password(*, person: User, current: str, password: str, request: HttpRequest) -> None:
    """Set a new password; every session and every token but the session that asks ends.

    Raises:
        SignInError: the current password is wrong, or the new one is too easy.
        TooManyError: too many wrong ones.

    """
    _count_proof(request, person)
    _valid(NewPasswordForm(person, {"oldpassword": current, "password1": password, "password2": password})).save()
    if request.user.is_authenticated:  # by a session, which is to go on
        password_change.finalize_password_change(request, person)
        return
    note("password_changed", person=person, request=request)
    get_adapter(request).send_notification_mail("account/email/password_changed", person)


def change_address(*, person: User, email: str, current: str, request: HttpRequest) -> None:
    """Send a link to a new address; it takes the old one's place when it is followed.

    Raises:
        SignInError: the password is wrong, or the address is none, or the person's own.
        TooManyError: too many wrong ones.

    """
    _count_proof(request, person)
    if not person.check_password(current):
        raise SignInError("This is not your password.", field="current_password")
    _valid(NewAddressForm(person, {"email": email})).save(request)
    note("email_change_asked", person=person, request=request)


def _count_proof(request: HttpRequest, person: User) -> None:
    """Count a password that is about to be tried, by whose it is: whoever holds a token or a session may guess.

    Raises:
        TooManyError: too many.

    """
    tries.demand_noted(request, ("account.prove", str(person.pk)), person=person)


def _valid(form: Form) -> Any:
    """Return a form that is valid.

    Raises:
        SignInError: it is not; its first mistake.

    """
    if form.is_valid():
        return form
    field, mistakes = next(iter(form.errors.items()))
    raise SignInError(str(mistakes[0]), field=BY_FORM.get(field, field))
