"""What is done about people: made, renamed, reached by phone, let in or shut out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.audit.services import note
from accounts.people import roles
from accounts.people.errors import PersonRefusedError, PhoneRefusedError
from accounts.people.models import Profile, User
from accounts.people.phones import e164
from accounts.people.words import lines, one_line
from accounts.signin.addresses import vouch_for_address

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.people.matrix import Role

NAMES = ("first_name", "last_name")
WORDS = ("address", "bio")
PHONE_TAKEN = "Someone with this phone number exists already."


def add_person(
    *,
    email: str,
    role: Role,
    password: str | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> User:
    """Make an account whose address counts as confirmed: whoever runs the installation vouches for it.

    Args:
        email: the login.
        role: admin, manager or user.
        password: none: there is none until the person asks for a link to set one.
        by: who makes it.
        request: where it was asked for.

    Raises:
        PersonRefusedError: the address is none, or somebody's already.

    """
    email = _address(email)
    try:
        with transaction.atomic():
            person = User.objects.create_user(email, password)
            vouch_for_address(person=person)
            roles.set_role(person=person, role=role, by=by, request=request)
            note("person_added", person=person, request=request, by=str(by or ""))
    except IntegrityError as error:
        raise PersonRefusedError("Someone with this e-mail address exists already.", field="email") from error
    return person


def change_profile(*, person: User, **told: str) -> Profile:
    """Change what a person tells about themselves; what is left out stays.

    Args:
        person: whose it is.
        **told: ``first_name``, ``last_name``, ``address``, ``bio``.

    Raises:
        PersonRefusedError: a text is too long.
        TypeError: another name.

    """
    unknown = told.keys() - {*NAMES, *WORDS}
    if unknown:
        message = f"A profile has no {', '.join(sorted(unknown))}."
        raise TypeError(message)
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=person.pk)
        profile, _ = Profile.objects.get_or_create(person=row)
        _fill(row, {name: told[name] for name in NAMES if name in told})
        _fill(profile, {name: told[name] for name in WORDS if name in told})
    for name in NAMES:
        setattr(person, name, getattr(row, name))
    return profile


def set_phone(*, person: User, phone: str, request: HttpRequest | None = None) -> User:
    """Keep a number that a code has just proved to be this person's.

    Raises:
        PhoneRefusedError: it is none, or somebody else's.

    """
    number = e164(phone)
    try:
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(phone=number)
    except IntegrityError as error:
        raise PhoneRefusedError(PHONE_TAKEN, field="phone") from error
    note("phone_changed", person=person, request=request, ends=number[-3:])
    person.phone = number
    return person


def remove_phone(*, person: User, request: HttpRequest | None = None) -> User:
    """Forget a person's number: nobody signs in by it any more."""
    if User.objects.filter(pk=person.pk).exclude(phone=None).update(phone=None):
        note("phone_removed", person=person, request=request)
    person.phone = None
    return person


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise PersonRefusedError(f"{email!r} is no e-mail address.", field="email") from error
    return email


def _fill(row: Any, told: dict[str, str]) -> None:
    """Change some texts of a row.

    Raises:
        PersonRefusedError: the first that is too long, by its field.

    """
    for name, text in told.items():
        most = row._meta.get_field(name).max_length  # noqa: SLF001 - Django's public way to a field
        looked_at = text[: most * 4]  # blanks and controls go; of a text without end the rest is not looked at
        kept = one_line(looked_at) if name in NAMES else lines(looked_at)
        if len(kept) > most or len(text) > len(looked_at):
            raise PersonRefusedError(f"At most {most} characters are kept. Shorten it.", field=name)
        setattr(row, name, kept)
    if told:
        row.save(update_fields=[*told, *(["updated_at"] if isinstance(row, Profile) else [])])
